import t from 'tap'
import { createAdoption } from '../../src/controllers/adoption.ts'
import type { Occurrence } from '../../src/controllers/emit.ts'
import { createFindings } from '../../src/controllers/findings.ts'
import { know, ownedBy, place, pod, written } from '../placement/known.ts'
import { createPodsAtHand, podAtHand } from './pods-at-hand.ts'

const cost = 'controller.kubernetes.io/pod-deletion-cost'
const shop = { namespace: 'shop', name: 'web' }
const now = 1_000_000

const start = (...distributors: readonly ReturnType<typeof written>[]) => {
  const knowledge = know(...distributors)
  knowledge.nodes.replace([{ name: 'd1', labels: { type: 'default' } }, { name: 's1', labels: { type: 'spot' } }])
  const findings = createFindings(() => now)
  const told: Occurrence[] = []
  const hand = createPodsAtHand(knowledge)
  const adoption = createAdoption({
    knowledge, findings, emit: one => void told.push(one), clock: { now: () => now }, lists: hand.lists, patches: hand.patches,
  })
  const look = (whole = true) => adoption.look('shop', [...knowledge.distributors.all()], whole)
  const seats = () => hand.pods.map(({ metadata: { annotations } }) => annotations['versprei.io/seat'])
  return { knowledge, findings, told, hand, look, seats }
}

const settled = { isUnsettled: false, isCutOff: false, hasLabelled: false }

void t.test('pods are adopted where they stand, oldest first, each into its group\'s lowest free seat', async t => {
  const { hand, look, seats, told, findings, knowledge } = start()
  hand.pods.push(podAtHand(2, 'd1'), podAtHand(1, 'd1'), podAtHand(3, 's1'), podAtHand(4, 's1'), podAtHand(5, 'd1'))
  t.strictSame(await look(), settled)
  t.strictSame(seats(), ['1', '0', '2', '7', '3'])
  t.same(hand.pods[3]?.metadata.labels, {
    app: 'web', 'pod-template-hash': '5d4f', 'versprei.io/distributor': 'web', 'versprei.io/group': 'type-spot',
  })
  t.same(hand.pods[3]?.metadata.annotations, { 'versprei.io/seat': '7', 'versprei.io/admission': `adopted-uid-4-${now}`, [cost]: '999999993' })
  t.strictSame(told, [{
    regarding: { namespace: 'shop', name: 'web', uid: '' }, type: 'Normal', reason: 'Adopted', note: '5 pods adopted: 3 in type-default, 2 in type-spot',
  }])
  t.strictSame(findings.straysOf(shop), { pods: 0, standing: new Map() })
  t.strictSame(knowledge.revisions.size(), { pods: 5, reservations: 0 }, 'the watch has settled the reservations')
  await look()
  t.equal(hand.patched.length, 5, 'and a second look finds nothing')
})

void t.test('a seat that is to be a stray\'s is not given to a new pod meanwhile; it is free again when the patch fails', async t => {
  const { hand, look, knowledge } = start()
  hand.pods.push(podAtHand(1, 'd1'))
  const given: (string | number)[] = []
  const patch = hand.patches.patch
  Object.assign(hand.patches, {
    patch: async (...all: Parameters<typeof patch>) => {
      given.push(place(knowledge, pod({}, { ownerReferences: [{ ...ownedBy('apps/v1', 'ReplicaSet', 'web-5d4f')[0], uid: 'rs-1' }] })).seat)
      return patch(...all)
    },
  })
  hand.outcomes.push('failed')
  t.strictSame(await look(), { ...settled, isUnsettled: true })
  t.strictSame(given, [1], 'seat 0 is reserved')
  t.strictSame(knowledge.revisions.size(), { pods: 0, reservations: 1 }, 'that of the new pod')
})

void t.test('what cannot be adopted is counted: pending, on a node of no group, just made', async t => {
  const { hand, look, findings } = start()
  hand.pods.push(podAtHand(1), podAtHand(2, 'x1'))
  t.strictSame(await look(), { ...settled, isUnsettled: true })
  t.strictSame(findings.straysOf(shop), { pods: 2, standing: new Map() })
  hand.pods.splice(0, 2, podAtHand(2, 'x1'), podAtHand(999, 'd1'))
  t.strictSame(await look(), { ...settled, isUnsettled: true }, 'admission may be about to answer for it')
  t.strictSame(hand.patched, [])
})

void t.test('without the right, and under Audit, strays are counted by where they stand, and nothing is sent', async t => {
  const counted = { pods: 3, standing: new Map([['type-default', 1], ['type-spot', 1]]) }
  const pods = [podAtHand(1, 'd1'), podAtHand(2, 's1'), podAtHand(3, 'x1')]
  const audit = start(written({ enforcement: 'Audit' }))
  audit.hand.pods.push(...pods)
  t.strictSame(await audit.look(), settled)
  t.strictSame([audit.findings.straysOf(shop), audit.hand.patched], [counted, []])

  const off = start()
  off.hand.mayPatch = false
  off.hand.pods.push(...pods)
  t.strictSame(await off.look(), settled)
  t.strictSame([off.findings.straysOf(shop), off.hand.patched, off.findings.complaintsOf(shop)], [counted, [], []])

  const forbidden = start()
  forbidden.hand.pods.push(...pods)
  forbidden.hand.outcomes.push('forbidden', 'forbidden')
  await forbidden.look()
  t.strictSame(forbidden.findings.straysOf(shop), counted)
  t.same(forbidden.findings.complaintsOf(shop).map(({ complaint }) => complaint), ['MayNotPatchPods'])
})

void t.test('a pod that its controller has given a seat keeps it, without a reservation', async t => {
  const { hand, look, seats, knowledge } = start(written({ target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } }))
  const { metadata, spec } = podAtHand(1, 'd1')
  hand.pods.push({ metadata: { ...metadata, labels: { 'apps.kubernetes.io/pod-index': '9' }, ownerReferences: ownedBy('apps/v1', 'StatefulSet', 'db') }, spec })
  hand.outcomes.push('failed')
  await look()
  t.equal(knowledge.revisions.size().reservations, 0)
  await look()
  t.strictSame([seats(), hand.pods[0]?.metadata.annotations[cost]], [['9'], undefined])
})

void t.test('a template that sets our labels, and a cost of the user\'s own, are complained of', async t => {
  const { hand, look, findings } = start()
  hand.pods.push(podAtHand(1, 'd1', { 'versprei.io/group': 'mine' }), podAtHand(2, 'd1', {}, { [cost]: '7' }))
  await look()
  t.same(findings.complaintsOf(shop).map(({ complaint }) => complaint), ['TemplateSetsLabel', 'OwnDeletionCost'])
  t.strictSame([hand.patched, hand.pods[1]?.metadata.annotations[cost]], [['web-2'], '7'])
})

void t.test('pods of a distributor that went lose their cost, once, and have it back when it comes again', async t => {
  const { hand, look, knowledge } = start()
  hand.pods.push(podAtHand(1, 'd1'), podAtHand(2, 's1'))
  await look()
  const [listed] = knowledge.distributors.all()
  knowledge.distributors.remove('shop', 'web')
  await look()
  t.same(hand.pods.map(({ metadata }) => metadata.annotations[cost]), [undefined, undefined])
  t.same(hand.pods.map(({ metadata }) => metadata.labels['versprei.io/distributor']), ['web', 'web'], 'the labels stay')
  await look()
  t.equal(hand.patched.length, 4, 'what is clean is left alone')
  if (listed !== undefined) knowledge.distributors.apply(listed)
  await look()
  t.same(hand.pods.map(({ metadata }) => metadata.annotations[cost]), ['1000000000', '999999998'])
})

void t.test('a pod of a distributor that went, and that another decides for, is adopted by that', async t => {
  const { hand, look, knowledge } = start()
  hand.pods.push(podAtHand(1, 'd1'), podAtHand(2))
  await look()
  knowledge.distributors.remove('shop', 'web')
  const unnamed = start(written({ target: { apiVersion: 'apps/v1', kind: 'Deployment' } }, { name: 'all' }))
  knowledge.distributors.replace([...unnamed.knowledge.distributors.all()])
  await look()
  t.equal(hand.pods[0]?.metadata.labels['versprei.io/distributor'], 'all')
})

void t.test('where nothing is out of place only metadata travels, and from what the API server has at hand', async t => {
  const { hand, look } = start()
  hand.pods.push(podAtHand(1, 'd1'))
  await look(false)
  t.strictSame(hand.listed.splice(0), ['unplaced metadata cached', 'unplaced whole'])
  await look(false)
  t.strictSame(hand.listed.splice(0), ['unplaced metadata cached'])
  await look(true)
  t.strictSame(hand.listed.splice(0), ['all metadata'])
  hand.pods.push(podAtHand(2, 'x1', { 'versprei.io/distributor': 'old', 'versprei.io/group': 'a' }, { 'versprei.io/seat': '1' }))
  t.strictSame(await look(true), { ...settled, hasLabelled: true })
  t.strictSame(hand.listed, ['all metadata', 'all whole'])
})

void t.test('one look adopts 250 pods; the others are counted until the next', async t => {
  const { hand, look, findings } = start()
  hand.pods.push(...Array.from({ length: 300 }, (_, index) => podAtHand(index, 'd1')))
  t.strictSame(await look(), { ...settled, isCutOff: true })
  t.strictSame(findings.straysOf(shop), { pods: 50, standing: new Map([['type-default', 50]]) })
  t.strictSame(await look(), settled)
  t.equal(hand.patched.length, 300)
})
