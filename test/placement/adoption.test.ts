import t from 'tap'
import { adoptionMarks, judge, readFound, seatMarks, type FoundPod } from '../../src/placement/adoption.ts'
import type { Knowledge } from '../../src/placement/knowledge.ts'
import { hasOwnCost } from '../../src/placement/patch/deletion-cost.ts'
import { know, ownedBy, pod, written } from './known.ts'

type Texts = Readonly<Record<string, string>>

const cost = 'controller.kubernetes.io/pod-deletion-cost'

const knowing = (...distributors: readonly ReturnType<typeof written>[]): Knowledge => {
  const knowledge = know(...distributors)
  knowledge.nodes.replace([
    { name: 'd1', labels: { type: 'default' } }, { name: 's1', labels: { type: 'spot' } }, { name: 'x1', labels: { type: 'other' } },
  ])
  return knowledge
}

interface Given {
  readonly node?: string
  readonly labels?: Texts
  readonly annotations?: Texts
  readonly owner?: readonly [string, string, string]
  readonly namespace?: string
}

const given = ({ node, labels = {}, annotations, owner = ['apps/v1', 'ReplicaSet', 'web-5d4f'], namespace = 'shop' }: Given): FoundPod => {
  const found = readFound(pod(node === undefined ? {} : { nodeName: node }, {
    name: 'web-1', namespace, uid: 'uid-1', creationTimestamp: '2026-01-01T00:00:00Z', ownerReferences: ownedBy(...owner),
    labels: { app: 'web', 'pod-template-hash': '5d4f', ...labels }, ...annotations === undefined ? {} : { annotations },
  }))
  if (found === undefined) throw new Error('not read')
  return found
}

const marked = { 'versprei.io/seat': '7', 'versprei.io/admission': 'review-1' }
const withCost = { ...marked, [cost]: '999999993' }
const placedBy = (distributor: string, group: string): Texts => ({ 'versprei.io/distributor': distributor, 'versprei.io/group': group })

/** The verdict in a line. */
const verdictOf = (knowledge: Knowledge, what: Given): string => {
  const verdict = judge(knowledge, given(what))
  if (verdict === undefined) return 'nothing'
  if (verdict.kind === 'adopt') return `adopt ${verdict.listed.name} ${verdict.plan.distributor.groups[verdict.group]?.name}`
  if (verdict.kind === 'stray') return `stray ${verdict.listed.name} ${verdict.standing}`
  return verdict.kind === 'cost' ? `cost ${verdict.cost}` : `labelled ${verdict.listed.name}: ${verdict.detail}`
}

const one = written()
const audit = written({ enforcement: 'Audit' })
const invalid = written({ distribution: [] })
const elsewhere = written({ target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' } })

void t.test('what is to be done about a pod that is there', async t => {
  const labels = placedBy('web', 'type-spot')
  const table: readonly { name: string, distributors?: readonly ReturnType<typeof written>[], input: Given, want: string }[] = [
    { name: 'a stray in a group', input: { node: 's1' }, want: 'adopt web type-spot' },
    { name: 'a stray in another', input: { node: 'd1' }, want: 'adopt web type-default' },
    { name: 'a pod without a node', input: {}, want: 'stray web undefined' },
    { name: 'on a node of no group', input: { node: 'x1' }, want: 'stray web undefined' },
    { name: 'on a node that is not known', input: { node: 'new' }, want: 'stray web undefined' },
    { name: 'a tried distributor', distributors: [audit], input: { node: 's1' }, want: 'stray web type-spot' },
    { name: 'no distributor', distributors: [elsewhere], input: { node: 's1' }, want: 'nothing' },
    { name: 'an invalid one', distributors: [invalid], input: { node: 's1' }, want: 'nothing' },
    { name: 'a DaemonSet\'s', input: { node: 's1', owner: ['apps/v1', 'DaemonSet', 'web'] }, want: 'nothing' },
    { name: 'opted out', input: { node: 's1', labels: { 'versprei.io/ignore': 'true' } }, want: 'nothing' },
    { name: 'placed, wherever it stands', input: { node: 'd1', labels, annotations: withCost }, want: 'nothing' },
    { name: 'placed by another, gone', input: { node: 'd1', labels: placedBy('old', 'a'), annotations: marked }, want: 'adopt web type-default' },
    { name: 'in a group that went', input: { node: 'd1', labels: placedBy('web', 'gone'), annotations: marked }, want: 'adopt web type-default' },
    { name: 'the same, tried only', distributors: [audit], input: { labels: placedBy('web', 'gone'), annotations: marked }, want: 'stray web undefined' },
    {
      name: 'labelled by its template', input: { node: 'd1', labels: placedBy('old', 'a') },
      want: 'labelled web: not placed: the pod template sets the label versprei.io/distributor; remove it there',
    },
    {
      name: 'a template copied from a pod that was adopted',
      input: { node: 'd1', labels: placedBy('old', 'a'), annotations: { ...marked, 'versprei.io/admission': 'adopted-uid-2-7' } },
      want: 'labelled web: not placed: the pod template sets the label versprei.io/distributor; remove it there',
    },
    {
      name: 'adopted before', input: { node: 'd1', labels: placedBy('old', 'a'), annotations: { ...marked, 'versprei.io/admission': 'adopted-uid-1-7' } },
      want: 'adopt web type-default',
    },
    { name: 'kube-system', distributors: [written({}, { namespace: 'kube-system' })], input: { node: 'd1', namespace: 'kube-system' }, want: 'nothing' },
    {
      name: 'our own namespace', distributors: [written({}, { namespace: 'versprei-system' })],
      input: { node: 'd1', namespace: 'versprei-system', labels: placedBy('gone', 'a'), annotations: withCost }, want: 'nothing',
    },
    { name: 'back with its distributor, its cost gone', input: { node: 's1', labels, annotations: marked }, want: 'cost 999999993' },
    { name: 'the same, of a StatefulSet', input: { labels, annotations: marked, owner: ['apps/v1', 'StatefulSet', 'web'] }, want: 'nothing' },
    { name: 'the user\'s cost', input: { labels, annotations: { ...marked, [cost]: '5' } }, want: 'nothing' },
    { name: 'abandoned', distributors: [elsewhere], input: { labels: placedBy('gone', 'a'), annotations: withCost }, want: 'cost null' },
    { name: 'not targeted any more', distributors: [elsewhere], input: { labels, annotations: withCost }, want: 'cost null' },
    { name: 'abandoned and clean', distributors: [elsewhere], input: { labels, annotations: marked }, want: 'nothing' },
    { name: 'abandoned, the user\'s cost', distributors: [elsewhere], input: { labels, annotations: { ...marked, [cost]: '5' } }, want: 'nothing' },
    { name: 'its distributor invalid for now', distributors: [written({ target: 7 })], input: { labels, annotations: withCost }, want: 'nothing' },
  ]
  for (const { name, distributors = [one], input, want } of table) t.equal(verdictOf(knowing(...distributors), input), want, name)
})

void t.test('an adopted pod is marked as admission would have marked it, but for a cost of the user\'s own', async t => {
  const placed = { distributor: 'web', group: 'type-spot', seat: 3, admission: 'adopted-1' }
  const annotations = { 'versprei.io/seat': '3', 'versprei.io/admission': 'adopted-1' }
  const table: readonly { name: string, input: Given, want: Texts, own?: boolean }[] = [
    { name: 'plain', input: {}, want: { ...annotations, [cost]: '999999997' } },
    { name: 'the user\'s own', input: { annotations: { [cost]: '5' } }, want: annotations, own: true },
    { name: 'ours, for another seat', input: { annotations: withCost }, want: { ...annotations, [cost]: '999999997' } },
    { name: 'the user\'s, on a seat', input: { annotations: { ...marked, [cost]: '999999994' } }, want: annotations, own: true },
    { name: 'nobody goes by it', input: { annotations: { [cost]: '5' }, owner: ['batch/v1', 'Job', 'web'] }, want: annotations },
  ]
  for (const { name, input, want, own = false } of table) {
    const found = given(input)
    t.strictSame(adoptionMarks(found.pod, placed), { labels: placedBy('web', 'type-spot'), annotations: want }, name)
    t.equal(hasOwnCost(found.pod), own, name)
  }
  t.strictSame(seatMarks(given({ annotations: withCost }).pod, 8), { 'versprei.io/seat': '8', [cost]: '999999992' })
})

void t.test('a pod on its way out, or what is none, is not looked at', async t => {
  const metadata = { name: 'a', namespace: 'shop', uid: 'u' }
  t.strictSame(readFound({ metadata })?.created, 0, 'metadata alone will do')
  for (const object of [
    null, {}, { metadata: {} }, { metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }, { metadata: { ...metadata, labels: 7 } },
  ]) t.equal(readFound(object), undefined, JSON.stringify(object))
})
