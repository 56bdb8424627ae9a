import fc from 'fast-check'
import t from 'tap'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import { createPlan, type Plan } from '../../../src/placement/distributor/plan.ts'
import { createRevisions, type Revisions } from '../../../src/placement/seats/revisions.ts'
import type { PlacedPod } from '../../../src/placement/seats/revision.ts'
import { written } from '../known.ts'

function planOf(spec = {}): Plan {
  const { outcome } = listDistributor(written(spec))
  if ('mistakes' in outcome) throw new Error(JSON.stringify(outcome.mistakes))
  return outcome.plan
}

const plan = planOf()
const one = (fields: Partial<PlacedPod> = {}): PlacedPod => ({
  uid: 'a', namespace: 'shop', owner: 'rs', distributor: 'web', group: 'type-default', seat: 0, admission: undefined, created: 0, ...fields,
})
const reservation = { admission: 'r1', distributor: 'web', group: 'type-default', seat: 0, given: 0 }
const counts = (revisions: Revisions, by = plan, owner = 'rs', namespace = 'shop') => [...revisions.of(
  namespace, owner
).rosterFor(by).counts()]
const state = (revisions: Revisions) => ['x', 'y'].flatMap(namespace => ['1', '2'].map(owner => {
  const revision = revisions.of(namespace, owner)
  return [revision.size(), counts(revisions, plan, owner, namespace), revision.rosterFor(plan).choose(() => true)]
}))

const pod: fc.Arbitrary<PlacedPod> = fc.record({
  uid: fc.nat(12).map(String), namespace: fc.constantFrom('x', 'y'), owner: fc.constantFrom('1', '2'), distributor: fc.constantFrom(
    'web', 'web', 'other'
  ),
  group: fc.constantFrom('type-default', 'type-spot', 'gone'), seat: fc.option(fc.nat(20), { nil: undefined }),
  admission: fc.option(fc.nat(5).map(String), { nil: undefined }), created: fc.constant(0),
})
type Change = { readonly apply: PlacedPod } | { readonly remove: string } | { readonly replace: readonly PlacedPod[] }
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ apply: pod }) }, { weight: 3, arbitrary: fc.record({ remove: fc.nat(12).map(String) }) },
  fc.record({ replace: fc.uniqueArray(pod, { selector: ({ uid }) => uid, maxLength: 8 }) }),
)

void t.test('any history of events leaves what its last state says', async t => {
  fc.assert(fc.property(fc.array(change, { maxLength: 40 }), changes => {
    const revisions = createRevisions()
    const last = new Map<string, PlacedPod>()
    state(revisions)
    for (const event of changes) {
      if ('apply' in event) {
        revisions.apply(event.apply)
        last.set(event.apply.uid, event.apply)
      } else if ('remove' in event) {
        revisions.remove(event.remove)
        last.delete(event.remove)
      } else {
        revisions.replace(event.replace)
        last.clear()
        for (const shown of event.replace) last.set(shown.uid, shown)
      }
    }
    const rebuilt = createRevisions()
    rebuilt.replace(last.values())
    return JSON.stringify([revisions.size(), state(revisions)]) === JSON.stringify([rebuilt.size(), state(rebuilt)])
  }), { numRuns: 400 })
  t.pass('400 histories')
})

void t.test('an owner of the same uid in another namespace is another', async t => {
  const revisions = createRevisions()
  revisions.apply(one())
  t.strictSame(counts(revisions), [1, 0])
  t.strictSame(counts(revisions, plan, 'rs', 'other'), [0, 0])
})

void t.test('a reservation counts until the pod of its review is seen, or it is released', async t => {
  const revisions = createRevisions()
  const revision = revisions.of('shop', 'rs')
  revision.reserve(reservation)
  revision.reserve({ ...reservation, admission: 'r2', seat: 1 })
  t.strictSame(counts(revisions), [2, 0])
  revisions.apply(one({ admission: 'r1' }))
  t.strictSame([counts(revisions), revisions.size()], [[2, 0], { pods: 1, reservations: 1 }])
  revision.release('r2')
  t.strictSame([counts(revisions), revisions.size()], [[1, 0], { pods: 1, reservations: 0 }])
  t.equal(revision.givenTo('r2'), undefined)
})

void t.test('another plan seats the same pods anew, those of its own distributor and groups', async t => {
  const revisions = createRevisions()
  revisions.replace(
    [one(), one({ uid: 'b', group: 'type-spot', seat: 2 }), one({ uid: 'c', group: 'gone' }), one({ uid: 'd', distributor: 'other' })]
  )
  t.strictSame(counts(revisions), [1, 1])
  const flipped = planOf(
    { distribution: [{ nodeLabel: { type: 'spot' }, weight: 1 }, { name: 'gone', nodeLabel: { type: 'x' }, weight: 1 }] }
  )
  t.strictSame(counts(revisions, flipped), [1, 1])
  t.strictSame(counts(revisions, createPlan({ ...flipped.distributor, name: 'other' })), [0, 0])
  revisions.apply(one({ uid: 'e' }))
  t.strictSame(counts(revisions), [2, 1], 'and what comes in between is not lost')
})

void t.test('reservations end by the progress they are told, and revisions left empty are forgotten', async t => {
  const revisions = createRevisions()
  const before = revisions.of('shop', 'rs')
  before.reserve(reservation)
  revisions.expire(60_000, true)
  t.equal(revisions.of('shop', 'rs'), before)
  revisions.expire(60_001, true)
  t.strictSame(revisions.size(), { pods: 0, reservations: 0 })
  t.not(revisions.of('shop', 'rs'), before)
  revisions.apply(one())
  const held = revisions.of('shop', 'rs')
  revisions.expire(1e12, true)
  t.equal(revisions.of('shop', 'rs'), held, 'one with a pod stays')
})

void t.test('a clock that is set back does not make reservations live longer than a minute from then', async t => {
  const hour = 3_600_000
  const revisions = createRevisions()
  const revision = revisions.of('shop', 'rs')
  revision.reserve({ ...reservation, given: hour })
  revision.reserve({ ...reservation, admission: 'settled', seat: 1, given: hour })
  revisions.apply(one({ admission: 'settled', seat: 1 }))
  revisions.expire(hour + 5000, true)
  t.strictSame(revisions.expire(10_000, true), [])
  revisions.expire(70_000, true)
  t.equal(revisions.size().reservations, 1)
  revisions.expire(70_001, true)
  t.strictSame([revisions.size(), revisions.handOver()], [{ pods: 1, reservations: 0 }, []])
})

void t.test('a watch that stands still ends no reservation, however old', async t => {
  const revisions = createRevisions()
  revisions.expire(1000, true)
  revisions.of('shop', 'rs').reserve({ ...reservation, given: 900_000 })
  for (const progress of [1000, 1000, 900_000, 960_000]) t.strictSame(revisions.expire(progress, true), [])
  t.equal(revisions.expire(960_001, true).length, 1)
})
