import t from 'tap'
import { createAudits } from '../../src/placement/seats/audits.ts'
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

void t.test('audits are bounded: a revision begins anew after 1,000 pods, and all do after 1,000 revisions', async t => {
  const audits = createAudits()
  const first = audits.of('shop', 'rs')
  for (let seat = 0; seat < 1000; seat += 1) {
    t.equal(audits.of('shop', 'rs'), first)
    first.reserve({ admission: String(seat), distributor: 'web', group: 'a', seat, given: 0 })
  }
  const again = audits.of('shop', 'rs')
  t.not(again, first)
  for (let index = 0; index < 1000; index += 1) audits.of('shop', `rs-${index}`)
  t.not(audits.of('shop', 'rs'), again)
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
