import t from 'tap'
import { createRevisions } from '../../../src/placement/seats/revisions.ts'
import type { PlacedPod } from '../../../src/placement/seats/revision.ts'
import type { Plan } from '../../../src/placement/distributor/plan.ts'
import { know, regular, spot, written } from '../known.ts'

function planOf(spec = {}): Plan {
  const listed = know(written(spec)).distributors.get('shop', 'web')
  if (listed === undefined || 'mistakes' in listed.outcome) throw new Error('no plan')
  return listed.outcome.plan
}

const plan = planOf()
const one = (uid: string, fields: Partial<PlacedPod> = {}): PlacedPod => ({
  uid, namespace: 'shop', owner: 'rs', distributor: 'web', group: 'type-default', seat: 0, admission: undefined, created: 0, ...fields,
})

void t.test('a standing counts a revision\'s pods by group, and what its first seats would be', async t => {
  const revisions = createRevisions()
  revisions.replace([
    ...Array.from({ length: 9 }, (_, index) => one(`d${index}`)), one('s', { group: 'type-spot' }), one('g', { group: 'gone' }),
    one('o', { distributor: 'other' }), one('r', { owner: 'rs2', group: 'type-spot' }), one('n', { namespace: 'elsewhere' }),
  ])
  t.strictSame(revisions.standings(plan), [
    { owner: 'rs', pods: 10, assigned: [9, 1], ready: [0, 0], wanted: [8, 2], groupless: 1 },
    { owner: 'rs2', pods: 1, assigned: [0, 1], ready: [0, 0], wanted: [1, 0], groupless: 0 },
  ])
  t.strictSame(revisions.standings(planOf({ distribution: [spot, regular] }))[0]?.wanted, [2, 8], 'by the plan that is asked for')
  revisions.remove('r')
  t.equal(revisions.standings(plan).length, 1, 'a revision without such pods has none')
})

void t.test('whether a pod is Ready may be heard before the pod is, and stays while it changes', async t => {
  const revisions = createRevisions()
  const ready = () => revisions.standings(plan)[0]?.ready
  revisions.noteReady('a', true)
  revisions.apply(one('a'))
  t.strictSame(ready(), [1, 0])
  revisions.apply(one('a', { group: 'type-spot' }))
  t.strictSame(ready(), [0, 1])
  revisions.noteReady('a', false)
  t.strictSame(ready(), [0, 0])
  revisions.noteReady('b', true)
  revisions.noteReady('b', undefined)
  revisions.apply(one('b'))
  t.strictSame(ready(), [0, 0], 'one that was gone in between')
})

void t.test('the distributors of changed pods are told once, each', async t => {
  const revisions = createRevisions()
  revisions.replace([one('a'), one('b'), one('o', { distributor: 'other' })])
  const web = { namespace: 'shop', name: 'web' }
  t.strictSame(revisions.takeTouched(), [web, { namespace: 'shop', name: 'other' }])
  t.strictSame(revisions.takeTouched(), [])
  revisions.noteReady('a', false)
  t.strictSame(revisions.takeTouched(), [], 'nothing new')
  revisions.noteReady('a', true)
  t.strictSame(revisions.takeTouched(), [web])
  revisions.remove('a')
  t.strictSame(revisions.takeTouched(), [web])
  t.strictSame([...revisions.distributors()], [web, { namespace: 'shop', name: 'other' }])
  revisions.remove('b')
  t.strictSame([...revisions.distributors()], [{ namespace: 'shop', name: 'other' }])
})

void t.test('the first seats of a sequence, counted by group, are its owners counted one by one', async t => {
  const sequence = planOf({ distribution: [{ ...regular, base: 3 }, { ...spot, max: 5 }] }).sequenceFor('rs')
  const counted = [0, 0]
  for (let pods = 0; pods < 200; pods += 1) {
    t.strictSame(sequence.prefix(pods), counted)
    const group = sequence.groupOf(pods)
    counted[group] = (counted[group] ?? 0) + 1
  }
})

void t.test('a list of the Ready ones forgets what was heard of pods that it does not show, unless they are known', async t => {
  const revisions = createRevisions()
  const ready = () => revisions.standings(plan)[0]?.ready
  revisions.apply(one('a'))
  revisions.noteReady('a', true)
  revisions.noteReady('b', true)
  revisions.replaceReady([{ uid: 'c', ready: true }])
  for (const uid of ['b', 'c']) revisions.apply(one(uid))
  t.strictSame(ready(), [2, 0], 'a and c')
  revisions.replaceReady([{ uid: 'a', ready: false }])
  t.strictSame(ready(), [1, 0])
})

void t.test('when more distributors were touched than are remembered, any may have been', async t => {
  const revisions = createRevisions()
  for (let index = 0; index <= 20_000; index += 1) revisions.apply(one('a', { distributor: `d${index}` }))
  t.strictSame([revisions.takeTouched(), revisions.takeTouched()], [undefined, []])
  revisions.remove('a')
  t.strictSame(revisions.takeTouched(), [{ namespace: 'shop', name: 'd20000' }])
})
