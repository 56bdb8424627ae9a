import fc from 'fast-check'
import t from 'tap'
import { atMost } from '../../../src/cli/survey/at-most.ts'

void t.test('answers come in the order of the items, and no more than so many are under way', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (turns, count) => {
    let [underWay, most] = [0, 0]
    const answers = await atMost(count, turns, async left => {
      underWay += 1
      most = Math.max(most, underWay)
      for (let turn = 0; turn < left; turn++) await new Promise(resolve => { setImmediate(resolve) })
      underWay -= 1
      return left * 2
    })
    return answers.join() === turns.map(left => left * 2).join() && most <= Math.min(count, turns.length) && (turns.length === 0 || most > 0)
  }))
})

void t.test('the first failure is thrown', async t => {
  await t.rejects(atMost(2, [1, 2, 3], async item => {
    if (item === 2) throw new Error('two')
    return item
  }), { message: 'two' })
})
