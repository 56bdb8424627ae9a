import t from 'tap'
import { whileWanted } from '../../../src/cli/serve/leading.ts'

void t.test('what cannot start is told and started again, later each time; what does not end well is ended', async t => {
  const state = { now: 0, isWanted: true, starts: 0, fails: true }
  const told: string[] = []
  const wanted = whileWanted(() => state.isWanted, () => {
    state.starts += 1
    if (state.fails) throw new Error('no')
    return { stop: () => Promise.reject(new Error('stuck')) }
  }, { error: (_fields: unknown, text?: unknown) => void told.push(String(text)) }, () => state.now)
  const starts: number[] = []
  for (; state.now < 20_000; state.now += 500) {
    const before = state.starts
    await wanted.look()
    if (state.starts > before) starts.push(state.now)
  }
  t.strictSame([starts, told.splice(0).length], [[0, 1000, 3000, 7000, 15_000], 5])
  state.fails = false
  state.now = 31_000
  await wanted.look()
  t.ok(wanted.current())
  state.isWanted = false
  await wanted.look()
  t.strictSame([wanted.current(), told], [undefined, ['did not end as it should: stuck']])
})
