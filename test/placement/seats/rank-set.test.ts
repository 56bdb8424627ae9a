import fc from 'fast-check'
import t from 'tap'
import { createRankSet } from '../../../src/placement/seats/rank-set.ts'

void t.test('its gaps are those of the set, however far it reaches', async t => {
  const changes = fc.array(fc.oneof(fc.nat(40), fc.nat(3000), fc.nat(70_000)), { maxLength: 60 })
  fc.assert(fc.property(changes, fc.nat(50), (ranks, before) => {
    const set = createRankSet()
    const model = new Set<number>()
    for (const rank of ranks) {
      if (model.delete(rank)) set.remove(rank)
      else {
        model.add(rank)
        set.add(rank)
      }
    }
    let gap = -1
    for (let left = before; left >= 0; left -= 1) do gap += 1; while (model.has(gap))
    return set.gap(before) === gap
  }), { numRuns: 500 })
  t.pass('500 sets')
})

void t.test('a gap may lie beyond all that it holds', async t => {
  const set = createRankSet()
  t.equal(set.gap(0), 0)
  t.equal(set.gap(1_000_000), 1_000_000)
  for (let rank = 0; rank < 16; rank += 1) set.add(rank)
  t.equal(set.gap(0), 16)
  t.equal(set.gap(5), 21)
})
