import t from 'tap'
import { createStallWatch } from '../../src/cli/stall.ts'

void t.test('a stall is told once, and only one that lasted longer than the limit', async t => {
  let now = 5000
  const told: number[] = []
  const watch = createStallWatch(() => now, 3000, milliseconds => told.push(milliseconds))
  for (const next of [5000, 5100, 8100, 11_101, 11_200, 20_000]) {
    now = next
    watch()
  }
  t.strictSame(told, [3001, 8800])
})
