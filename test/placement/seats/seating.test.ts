import fc from 'fast-check'
import t from 'tap'
import { createRevision, type Revision } from '../../../src/placement/seats/revision.ts'
import { know, written } from '../known.ts'

const planOf = (spec = {}) => {
  const outcome = know(written(spec)).distributors.get('shop', 'web')?.outcome
  if (outcome === undefined || 'mistakes' in outcome) throw new Error('no plan')
  return outcome.plan
}
const plans = [planOf(), planOf({ distribution: [{ nodeLabel: { type: 'spot' }, weight: 1 }, { nodeLabel: { type: 'default' }, weight: 1 }] })] as const
const pods = fc.record({
  uid: fc.nat(20).map(String), seat: fc.option(fc.nat(20), { nil: undefined }), group: fc.constantFrom('type-default', 'type-spot', 'gone'),
  distributor: fc.constantFrom('web', 'web', 'web', 'other'), by: fc.nat(1), isGone: fc.boolean(),
})

/** What is told of a revision under a plan. */
const tell = (revision: Revision, by: number) => {
  const plan = plans[by % 2] ?? plans[0]
  const roster = revision.rosterFor(plan)
  return [revision.isGapless(plan), roster.isGapless(), roster.counts(), roster.choose(() => true)]
}

void t.test('few or many, whoever came and went, and whoever asked before: the seats are those of the pods that are there', async t => {
  fc.assert(fc.property(fc.array(pods, { maxLength: 60 }), changes => {
    const asked = createRevision('rs')
    const there = new Map<string, typeof changes[number]>()
    return changes.every(one => {
      const before = asked.changes()
      const pod = { ...one, namespace: '', owner: 'rs', admission: undefined, created: 0 }
      if (one.isGone) asked.remove(one.uid)
      else asked.apply(pod)
      const had = there.get(one.uid)
      if (one.isGone) there.delete(one.uid)
      else there.set(one.uid, one)
      const isNews = JSON.stringify([had?.seat, had?.group, had?.distributor]) !== JSON.stringify(one.isGone ? [] : [one.seat, one.group, one.distributor])
      if ((asked.changes() !== before) !== (isNews && (had !== undefined || !one.isGone))) return false
      const fresh = createRevision('rs')
      for (const each of there.values()) fresh.apply({ ...each, namespace: '', owner: 'rs', admission: undefined, created: 0 })
      return JSON.stringify(tell(asked, one.by)) === JSON.stringify(tell(fresh, one.by))
    })
  }), { numRuns: 300 })
  t.pass('300 histories')
})
