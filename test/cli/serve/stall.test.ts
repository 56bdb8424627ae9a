import t from 'tap'
import { createStallWatch } from '../../../src/cli/serve/stall.ts'

void t.test('a stall is told once, and only one that lasted longer than the limit; for a while what is read may be late', async t => {
  let now = 5000
  const told: number[] = []
  const { turn, mayBeLate } = createStallWatch(() => now, 3000, milliseconds => told.push(milliseconds))
  const late: boolean[] = []
  for (const next of [5000, 5100, 8100, 11_101, 11_200, 12_100, 12_101, 20_000, 20_100]) {
    now = next
    // What came is read before timers have their turn.
    late.push(mayBeLate())
    turn()
  }
  t.strictSame(told, [3001, 7899])
  t.strictSame(late, [false, false, false, true, true, true, false, true, true])
})
