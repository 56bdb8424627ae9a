import t from 'tap'
import { decideOn, know, place, pod, written } from './known.ts'

const audited = () => know(written({ enforcement: 'Audit' }))

void t.test('Audit: decided and not patched, in the shares of a workload that grows', async t => {
  const knowledge = audited()
  const decisions = Array.from({ length: 10 }, (_, index) => decideOn(knowledge, pod(), { uid: `review-${index}` }))
  t.strictSame(decisions[0], { kind: 'place', distributor: 'web', group: 'type-default', seat: 0, patch: [], audit: true })
  t.equal(decisions.filter(one => one.kind === 'place' && one.group === 'type-spot').length, 2)
  t.strictSame(knowledge.revisions.size(), { pods: 0, reservations: 0 }, 'no seat is held for pods that never show one')
})

void t.test('Audit: the same review and a dry run count no pod', async t => {
  const knowledge = audited()
  place(knowledge, pod())
  t.equal(place(knowledge, pod()).seat, 0)
  t.equal(place(knowledge, pod(), { uid: 'dry', dryRun: true }).seat, 1)
  t.equal(place(knowledge, pod(), { uid: 'next' }).seat, 1)
})

void t.test('a placement says what its distributor\'s owner should know', async t => {
  const own = pod({}, { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '7' } })
  t.equal(place(know(), own).complaint, 'OwnDeletionCost')
  t.equal(place(know(), pod({ nodeSelector: { type: 'neither' } })).complaint, 'NoOpenGroup')
  t.equal(place(know(), pod({ nodeSelector: { type: 'spot' } })).complaint, undefined)
  const labelled = decideOn(know(), pod({}, {
    labels: { 'pod-template-hash': '5d4f', 'versprei.io/group': 'x' },
  }))
  t.match(labelled, { kind: 'skip', reason: 'already-labelled', distributor: 'web' })
})
