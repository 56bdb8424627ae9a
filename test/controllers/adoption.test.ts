import t from 'tap'
import { createAdoption, type Looked } from '../../src/controllers/adoption.ts'
import type { Occurrence } from '../../src/controllers/emit.ts'
import { createFindings } from '../../src/controllers/findings.ts'
import { know, ownedBy, place, pod, written } from '../placement/known.ts'
import { createPodsAtHand, podAtHand } from './pods-at-hand.ts'

const cost = 'controller.kubernetes.io/pod-deletion-cost'
const shop = { namespace: 'shop', name: 'web' }
const began = 1_000_000

const start = (...distributors: readonly ReturnType<typeof written>[]) => {
  const knowledge = know(...distributors)
  knowledge.nodes.replace([{ name: 'd1', labels: { type: 'default' } }, { name: 's1', labels: { type: 'spot' } }])
  const time = { now: began }
  const findings = createFindings(() => time.now)
  const told: Occurrence[] = []
  const hand = createPodsAtHand(knowledge)
  const adoption = createAdoption({
    knowledge, findings, emit: one => void told.push(one), clock: { now: () => time.now }, lists: hand.lists, patches: hand.patches,
  })
  const look = (whole = true) => adoption.look('shop', [...knowledge.distributors.all()], whole)
  const seats = () => hand.pods.map(({ metadata: { annotations } }) => annotations['versprei.io/seat'])
  return { knowledge, findings, told, hand, look, seats, time, adoption }
}

const settled: Looked = { isUnsettled: false, isCutOff: false, hasStrays: false, hasLabelled: false }

void t.test('pods are adopted where they stand, oldest first, each into its group\'s lowest free seat', async t => {
  const { hand, look, seats, told, findings, knowledge } = start()
  hand.pods.push(podAtHand(2, 'd1'), podAtHand(1, 'd1'), podAtHand(3, 's1'), podAtHand(4, 's1'), podAtHand(5, 'd1'))
  t.strictSame(await look(), settled)
  t.strictSame(seats(), ['1', '0', '2', '7', '3'])
  t.same(hand.pods[3]?.metadata.labels, {
    app: 'web', 'pod-template-hash': '5d4f', 'versprei.io/distributor': 'web', 'versprei.io/group': 'type-spot',
  })
  t.same(hand.pods[3]?.metadata.annotations, { 'versprei.io/seat': '7', 'versprei.io/admission': `adopted-uid-4-${began}`, [cost]: '999999993' })
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
  hand.sending = () => {
    given.push(place(knowledge, pod({}, { ownerReferences: [{ ...ownedBy('apps/v1', 'ReplicaSet', 'web-5d4f')[0], uid: 'rs-1' }] })).seat)
  }
  hand.outcomes.push('failed')
  t.strictSame(await look(), { ...settled, isUnsettled: true, hasStrays: true })
  t.strictSame(given, [1], 'seat 0 is reserved')
  t.strictSame(knowledge.revisions.size(), { pods: 0, reservations: 1 }, 'that of the new pod')
})

void t.test('what cannot be adopted is counted: pending, on a node of no group, just made', async t => {
  const { hand, look, findings } = start()
  hand.pods.push(podAtHand(1), podAtHand(2, 'x1'))
  t.strictSame(await look(), { ...settled, isUnsettled: true, hasStrays: true })
  t.strictSame(findings.straysOf(shop), { pods: 2, standing: new Map() })
  hand.pods.splice(0, 2, podAtHand(2, 'x1'), podAtHand(999, 'd1'))
  t.strictSame(await look(), { ...settled, isUnsettled: true, hasStrays: true }, 'admission may be about to answer for it')
  t.strictSame(hand.patched, [])
})

void t.test('without the right, and under Audit, strays are counted by where they stand, and nothing is sent', async t => {
  const counted = { pods: 3, standing: new Map([['type-default', 1], ['type-spot', 1]]) }
  const pods = [podAtHand(1, 'd1'), podAtHand(2, 's1'), podAtHand(3, 'x1')]
  const audit = start(written({ enforcement: 'Audit' }))
  audit.hand.pods.push(...pods)
  t.strictSame(await audit.look(), { ...settled, hasStrays: true })
  t.strictSame([audit.findings.straysOf(shop), audit.hand.patched], [counted, []])

  const off = start()
  off.hand.mayPatch = false
  off.hand.pods.push(...pods)
  t.strictSame(await off.look(), { ...settled, hasStrays: true })
  t.strictSame([off.findings.straysOf(shop), off.hand.patched, off.findings.complaintsOf(shop)], [counted, [], []])

  const forbidden = start()
  forbidden.hand.pods.push(...pods)
  forbidden.hand.outcomes.push('forbidden', 'forbidden')
  await forbidden.look()
  t.strictSame(forbidden.findings.straysOf(shop), counted)
  t.same(forbidden.findings.complaintsOf(shop).map(({ complaint }) => complaint), ['MayNotPatchPods'])
  forbidden.time.now += 599_000
  await forbidden.look()
  forbidden.time.now += 2000
  t.same(forbidden.findings.complaintsOf(shop).map(({ complaint }) => complaint), ['MayNotPatchPods'], 'noted again by each look')
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
  hand.pods.push(podAtHand(2, 'x1', { 'versprei.io/distributor': 'old', 'versprei.io/group': 'a' }, { 'versprei.io/seat': '1', 'versprei.io/admission': 'r' }))
  t.strictSame(await look(true), { ...settled, hasStrays: true, hasLabelled: true })
  t.strictSame(hand.listed, ['all metadata', 'all whole'])
})

void t.test('one look adopts 250 pods; the others are counted until the next', async t => {
  const { hand, look, findings } = start()
  hand.pods.push(...Array.from({ length: 300 }, (_, index) => podAtHand(index, 'd1')))
  t.strictSame(await look(), { ...settled, isCutOff: true, hasStrays: true })
  t.strictSame(findings.straysOf(shop), { pods: 50, standing: new Map([['type-default', 50]]) })
  t.strictSame(await look(), settled)
  t.equal(hand.patched.length, 300)
})

void t.test('the seat is chosen when it is the pod\'s turn, whatever was given out meanwhile', async t => {
  const { hand, look, seats, knowledge, time } = start()
  hand.pods.push(podAtHand(1, 'd1'), podAtHand(2, 'd1'))
  const reservations: unknown[] = []
  hand.turn = async () => {
    time.now += 6000
    knowledge.revisions.of('shop', 'rs-1').reserve({
      admission: `new-${time.now}`, distributor: 'web', group: 'type-default', given: time.now,
      seat: knowledge.revisions.of('shop', 'rs-1').size().reservations === 0 ? 0 : 3,
    })
  }
  hand.sending = () => void reservations.push(...knowledge.revisions.of('shop', 'rs-1').given()
    .filter(({ admission }) => admission.startsWith('adopted')).map(({ given }) => given))
  await look()
  t.strictSame(seats(), ['1', '4'])
  t.strictSame(new Set(reservations), new Set([began + 12_000]), 'reserved then, and not before')
})

void t.test('where everything fails or is refused the next look is not at once, and the same pods do not keep the others waiting', async t => {
  const failing = start()
  failing.hand.pods.push(...Array.from({ length: 300 }, (_, index) => podAtHand(index, 'd1')))
  failing.hand.outcomes.push(...Array.from({ length: 250 }, () => 'failed' as const))
  t.strictSame(await failing.look(), { ...settled, isUnsettled: true, hasStrays: true })
  t.strictSame(await failing.look(), { ...settled, isCutOff: true, hasStrays: true })
  t.equal(failing.hand.patched[0], 'web-250', 'those that did not fail come first')
  t.equal(failing.hand.patched.length, 250)

  const refused = start()
  refused.hand.pods.push(...Array.from({ length: 260 }, (_, index) => podAtHand(index, 'd1')))
  refused.hand.outcomes.push(...Array.from({ length: 250 }, () => 'refused' as const))
  t.strictSame(await refused.look(), { ...settled, isUnsettled: true, hasStrays: true })
  t.strictSame(await refused.look(), { ...settled, hasStrays: true })
  t.strictSame([refused.hand.patched.length, refused.findings.straysOf(shop).pods], [10, 250], 'refused ones are passed over, and counted')

  const costs = start()
  const marks = { 'versprei.io/seat': '0', 'versprei.io/admission': 'r', [cost]: '1000000000' }
  const labels = { 'versprei.io/distributor': 'web', 'versprei.io/group': 'type-default' }
  costs.knowledge.distributors.remove('shop', 'web')
  costs.hand.pods.push(...Array.from({ length: 251 }, (_, index) => podAtHand(index, 'd1', labels, marks)))
  costs.hand.outcomes.push(...Array.from({ length: 250 }, () => 'failed' as const))
  t.strictSame(await costs.look(), { ...settled, isUnsettled: true, hasLabelled: true })
  costs.hand.outcomes.push('failed', ...Array.from({ length: 249 }, () => 'refused' as const))
  t.strictSame(await costs.look(), { ...settled, isUnsettled: true, hasLabelled: true })
})

void t.test('where a distributor is only tried it is seen once a minute where its pods stand', async t => {
  const { hand, look, findings, time } = start(written({ enforcement: 'Audit' }))
  hand.pods.push(podAtHand(1, 'd1'))
  for (const [passed, want] of [[0, 2], [30_000, 1], [29_000, 1], [1000, 2]] as const) {
    time.now += passed
    t.ok((await look(false)).hasStrays)
    t.equal(hand.listed.splice(0).length, want, `${time.now - began} ms`)
    t.strictSame(findings.straysOf(shop), { pods: 1, standing: new Map([['type-default', 1]]) })
  }
})

void t.test('one list of the cluster tells where there are strays', async t => {
  const { hand, adoption } = start()
  hand.pods.push(podAtHand(1, 'd1'), podAtHand(2))
  const before = await adoption.everywhere()
  t.strictSame([[...before.keys()], hand.listed], [['shop'], ['everywhere unplaced metadata']])
  hand.pods.shift()
  t.not((await adoption.everywhere()).get('shop'), before.get('shop'))
  const tried = start(written({ enforcement: 'Audit' }))
  tried.hand.pods.push(podAtHand(1))
  t.strictSame(await tried.adoption.everywhere(), new Map())
})
