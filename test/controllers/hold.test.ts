import t from 'tap'
import { createHold } from '../../src/controllers/hold.ts'

void t.test('each failure holds for twice as long as the one before, up to the longest, until a success', async t => {
  let now = 0
  const hold = createHold({ now: () => now }, [1000, 60_000])
  const isOnFor = (): number => {
    const began = now
    while (hold.isOn()) now += 500
    return now - began
  }
  t.equal(isOnFor(), 0)
  const held: number[] = []
  for (let times = 0; times < 8; times += 1) {
    hold.begin(undefined)
    hold.begin(undefined)
    held.push(isOnFor())
  }
  t.strictSame(held, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000], 'what fails beside it makes it no longer')
  hold.begin(undefined)
  hold.end()
  t.equal(isOnFor(), 0)
  hold.begin(undefined)
  t.equal(isOnFor(), 1000)
  hold.begin(7000)
  t.equal(isOnFor(), 7000, 'as long as the API server asks for')
})
