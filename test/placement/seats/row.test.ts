import fc from 'fast-check'
import t from 'tap'
import { createRow } from '../../../src/placement/seats/row.ts'
import { lowestFree, rankHolders, type Holder } from './rank-holders.ts'

void t.test('the lowest free rank is that of the pods\' effective ranks, after any coming, going and clashing', async t => {
  const pod = fc.record({ uid: fc.nat(30).map(String), created: fc.nat(5), wish: fc.option(fc.nat(25), { nil: undefined }) })
  fc.assert(fc.property(fc.array(pod, { maxLength: 80 }), changes => {
    const row = createRow()
    const model = new Map<string, Holder>()
    return changes.every(one => {
      const before = model.get(one.uid)
      if (before !== undefined) {
        model.delete(one.uid)
        row.remove(before.wish)
      } else {
        model.set(one.uid, one)
        row.add(one.wish)
      }
      const ranks = [...model.values()].map(({ wish }) => wish ?? -1).toSorted((a, b) => a - b)
      if (row.isGapless() !== ranks.every((wish, rank) => wish === rank)) return false
      return row.size() === model.size && row.lowestFree() === lowestFree(new Set(rankHolders(model.values()).values()))
    })
  }), { numRuns: 1000 })
  t.pass('1,000 rows')
})
