import t from 'tap'
import { createBreath } from '../../src/controllers/breath.ts'

void t.test('others have their turn once two milliseconds have passed, and when the time of day was set back', async t => {
  let now = 1000
  const breath = createBreath({ now: () => now, after: () => () => undefined })
  let turns = 0
  const isInterrupted = async (): Promise<boolean> => {
    const before = turns
    setImmediate(() => { turns += 1 })
    await breath()
    return turns > before
  }
  t.equal(await isInterrupted(), false)
  now += 2
  t.equal(await isInterrupted(), true)
  now += 1
  t.equal(await isInterrupted(), false)
  now -= 5000
  t.equal(await isInterrupted(), true)
  t.equal(await isInterrupted(), false)
})
