import t from 'tap'
import { createBackoff } from '../../src/cluster/backoff.ts'

const run = (random: number, waits: readonly number[]) => {
  let now = 0
  const backoff = createBackoff({ now: () => now, after: () => () => {} }, () => random)
  return waits.map(wait => {
    now += wait
    const delay = backoff.next()
    now += delay
    return delay
  })
}

const cases: readonly { name: string, random: number, waits: readonly number[], want: readonly number[] }[] = [
  {
    name: 'doubles from 0.8 s and stays at 30 s',
    random: 0,
    waits: Array<number>(9).fill(0),
    want: [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000]
  },
  {
    name: 'stretches each delay by up to as much again',
    random: 0.5,
    waits: Array<number>(7).fill(0),
    want: [1200, 2400, 4800, 9600, 19_200, 38_400, 45_000]
  },
  { name: 'starts again after two minutes of health', random: 0, waits: [0, 0, 120_000, 0], want: [800, 1600, 800, 1600] },
  {
    name: 'does not take a long delay and a request that then hangs for health',
    random: 0,
    waits: [0, 0, 0, 0, 0, 0, 0, 90_000],
    want: [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]
  }
]
for (const { name, random, waits, want } of cases) {
  void t.test(name, async t => { t.strictSame(run(random, waits), want) })
}
