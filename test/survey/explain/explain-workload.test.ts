import t from 'tap'
import { readPod } from '../../../src/placement/pod.ts'
import { explainWorkload, type WorkloadExplanation, type WorkloadFacts } from '../../../src/survey/explain/explain-workload.ts'
import { knowledgeOf, type Unread } from '../../../src/survey/explain/knowledge.ts'
import { readSeenDistributor } from '../../../src/survey/explain/seen-distributor.ts'
import type { Wrong } from '../../../src/survey/explain/wrong.ts'
import type { Json } from '../../placement/known.ts'
import { distributor, nodes, placedPod, podOf, replicaSet, seenPod } from './facts.ts'

interface Given {
  readonly pods?: readonly unknown[]
  /** Of an older revision. */
  readonly old?: readonly unknown[]
  readonly distributors?: readonly Json[]
  readonly next?: Json
  readonly asked?: WorkloadFacts['asked']
  /** What may not be read. */
  readonly unread?: readonly (Unread | 'nodes')[]
}

const nextPod = podOf({ spec: { nodeName: '' } })
const oldSet = { ...replicaSet, name: 'web-77', uid: 'uid-of-web-77' }

function explain({ pods = [], old = [], distributors = [distributor()], next = {}, asked, unread = [] }: Given): WorkloadExplanation {
  const [seen, seenOld] = [pods.map(seenPod), old.map(seenPod)]
  const read = readPod({ ...nextPod, ...next })
  return explainWorkload({
    kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 10, owner: undefined, registration: { kind: 'called' }, now: 0, asked,
    revisions: [
      { owner: { group: 'apps', ...replicaSet }, template: undefined, isCurrent: true, pods: seen },
      { owner: { group: 'apps', ...oldSet }, template: undefined, isCurrent: false, pods: seenOld },
    ],
    nextPod: 'pod' in read ? read.pod : undefined,
    knowledge: knowledgeOf({
      distributors: unread.includes('distributors') ? undefined : distributors.map(readSeenDistributor), ownNamespace: undefined,
      nodes: unread.includes('nodes') ? [] : nodes, pods: unread.includes('pods') ? undefined : [...seen, ...seenOld],
    }),
  })
}

const good = [0, 1, 2, 3].map(seat => placedPod(seat === 2 ? 'type-spot' : 'type-default', seat, `p${seat}`))
const nothing: Wrong = {
  surplus: 0, outside: [], strays: [], pending: [], stale: [], leftAlone: [], inNoGroup: [], unsure: [], leaving: [], ended: 0,
}

const later = '2026-01-02T00:00:00Z'
const said = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/4 nodes are available' }] }

const wrongs: readonly { readonly name: string, readonly given: Given, readonly want: Partial<Wrong> }[] = [
  { name: 'nothing', given: { pods: good }, want: {} },
  { name: 'a group with too many', given: { pods: [good[0], good[1], good[3]] }, want: { surplus: 1 } },
  {
    name: 'one on a node of another group', want: { outside: ['p0'] },
    given: { pods: [...good.slice(1), placedPod('type-default', 0, 'p0', { spec: { nodeName: 's1' } })] },
  },
  { name: 'a stray', given: { pods: [...good, podOf({ name: 'x' })] }, want: { strays: [{ cause: 'not-called', pods: ['x'] }] } },
  {
    name: 'one that waits', want: { pending: [{ pod: 'p0', group: 'type-default', schedulerSaid: '0/4 nodes are available' }] },
    given: { pods: [...good.slice(1), placedPod('type-default', 0, 'p0', { spec: { nodeName: '' }, status: said })] },
  },
  {
    name: 'one of a group that is gone', given: { pods: [...good, placedPod('gone', 9, 'x')] },
    want: { stale: [{ trouble: 'group-gone', pods: ['x'] }] },
  },
  {
    name: 'one of which nobody knows what its node is of', want: { unsure: ['p0'] },
    given: { pods: [...good.slice(1), placedPod('type-default', 0, 'p0', { spec: { nodeName: 'gone' } })] },
  },
  {
    name: 'those that are left alone', want: { leftAlone: [{ reason: 'opted-out', pods: ['x', 'y'] }] },
    given: { pods: [...good, ...['y', 'x'].map(name => podOf({ name, labels: { 'versprei.io/ignore': 'true' } }))] },
  },
  {
    name: 'those that take up no replica', want: { leaving: ['x'], ended: 1 },
    given: { pods: [
      ...good, placedPod('type-default', 4, 'x', { metadata: { deletionTimestamp: later } }),
      placedPod('type-default', 5, 'y', { status: { phase: 'Failed' } }),
    ] },
  },
]

void t.test('what stands wrong is told, and nothing else', async t => {
  for (const { name, given, want } of wrongs) t.strictSame(explain(given).wrong, { ...nothing, ...want }, name)
})

void t.test('each revision is counted by itself', async t => {
  const old = [0, 2].map(seat => placedPod(seat === 2 ? 'type-spot' : 'type-default', seat, `old${seat}`, { owner: oldSet }))
  const { verdict, revisions } = explain({ pods: good, old })
  t.match(verdict, { kind: 'placed', distributor: { name: 'web', target: 'Deployment/web' }, isRequired: true })
  const told = revisions.map(({ groups, ...revision }) => ({ ...revision, groups: groups.map(one => [one.pods, one.wanted]) }))
  t.strictSame(told, [
    { owner: 'ReplicaSet/web-5d4f', isCurrent: true, pods: 4, groups: [[3, 3], [1, 1]] },
    { owner: 'ReplicaSet/web-77', isCurrent: false, pods: 2, groups: [[1, 2], [1, 0]] },
  ])
})

void t.test('shares, ready pods and nodes are told of each group', async t => {
  const [first] = explain({ pods: good }).revisions[0]?.groups ?? []
  t.strictSame(first, { name: 'type-default', weight: 80, share: 0.8, base: 0, wanted: 3, pods: 3, ready: 3, nodes: 2 })
})

void t.test('where it is only tried, pods count where they stand', async t => {
  const pods = [podOf({ name: 'a' }), podOf({ name: 'b', spec: { nodeName: 's1' } }), podOf({ name: 'c', spec: { nodeName: 'other' } })]
  const told = explain({ pods, distributors: [distributor({ enforcement: 'Audit' })], asked: { replicas: 3, firstOrdinal: undefined } })
  t.match(told, { verdict: { kind: 'audited' }, wrong: { inNoGroup: ['c'] } })
  t.strictSame(told.revisions[0]?.groups.map(one => [one.pods, one.wanted]), [[1, 2], [1, 0]])
  t.equal(told.forecast, undefined)
})

void t.test('where it is only tried, pods that were placed before count where they stand, and those that have gone do not', async t => {
  const pods = [
    placedPod('type-spot', 0, 'a', { spec: { nodeName: 'd1' } }), placedPod('type-spot', 1, 'b'), podOf({ name: 'c' }),
    podOf({ name: 'd', status: { phase: 'Failed' } }), podOf({ name: 'e', spec: { nodeName: '' } }),
  ]
  const { revisions, wrong } = explain({ pods, distributors: [distributor({ enforcement: 'Audit' })] })
  t.strictSame(revisions[0]?.groups.map(one => [one.pods, one.wanted]), [[2, 2], [1, 1]])
  t.strictSame(wrong?.inNoGroup, [], 'one without a node is in none yet')
})

interface Unforeseeable { readonly name: string, readonly given: Given, readonly want: WorkloadExplanation['unforeseen'] }

const asked = { replicas: 6, firstOrdinal: undefined }
const unforeseeable: readonly Unforeseeable[] = [
  { name: 'placed', given: {}, want: undefined },
  { name: 'tried', given: { distributors: [distributor({ enforcement: 'Audit' })] }, want: { replicas: 6, because: 'audited' } },
  { name: 'left alone', given: { distributors: [] }, want: { replicas: 6, because: 'left-alone' } },
  { name: 'without a pod', given: { next: { spec: undefined } }, want: { replicas: 6, because: 'unknown' } },
  { name: 'of distributors that are not known', given: { unread: ['distributors'] }, want: { replicas: 6, because: 'unknown' } },
  { name: 'of pods that are not known', given: { unread: ['pods'] }, want: { replicas: 6, because: 'unread' } },
]

void t.test('what replicas make of a workload is told, or why not', async t => {
  for (const { name, given, want } of unforeseeable) {
    const { forecast, unforeseen } = explain({ pods: good, asked, ...given })
    t.strictSame(unforeseen, want, name)
    t.equal(forecast === undefined, want !== undefined, name)
  }
  t.equal(explain({ pods: good, distributors: [] }).unforeseen, undefined, 'where nobody asked')
})

void t.test('nothing is claimed that rests on what may not be read', async t => {
  const pods = [...good, podOf({ name: 'x' })]
  t.match(explain({ pods, unread: ['distributors'] }), {
    verdict: { kind: 'unknown', because: 'unread' }, unread: ['distributors'], wrong: { ...nothing, unsure: ['p0', 'p1', 'p2', 'p3'] },
  })
  const wrong = { ...nothing, strays: [{ cause: 'not-called', pods: ['x'] }], unsure: ['p0', 'p1', 'p2', 'p3'] }
  t.strictSame(explain({ pods, unread: ['nodes'] }).wrong, { ...wrong, surplus: 0 })
  const blind = explain({ pods, unread: ['pods'] })
  t.match(blind, { verdict: { kind: 'placed' }, revisions: [], unread: ['pods'] })
  t.equal(blind.wrong, undefined)
})

void t.test('a workload that is left alone is told why', async t => {
  const optedOut = { metadata: { ...nextPod.metadata, labels: { ...nextPod.metadata.labels, 'versprei.io/ignore': 'true' } } }
  t.match(explain({ next: optedOut }).verdict, { kind: 'left-alone', reason: 'opted-out', distributor: { name: 'web' } })
  t.match(explain({ distributors: [] }).verdict, { kind: 'left-alone', reason: 'no-distributor', means: /no PodDistributor/ })
  t.match(explain({ distributors: [distributor({ distribution: [] })] }).verdict, {
    kind: 'left-alone', reason: 'distributor-invalid', distributor: { name: 'web', mistakes: [/distribution/] },
  })
})

void t.test('one of which nobody knows what its pods are like says so', async t => {
  t.strictSame(explain({ next: { spec: undefined } }).verdict, { kind: 'unknown', because: 'no-pod' })
})

void t.test('a volume makes its group a preference', async t => {
  const spec = { ...nextPod.spec, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }
  t.match(explain({ next: { spec } }).verdict, { kind: 'placed', isRequired: false })
})

void t.test('another number of replicas is foreseen of the current revision', async t => {
  const { forecast } = explain({ pods: good, asked: { replicas: 2, firstOrdinal: undefined } })
  t.match(forecast, { replicas: 2, pods: 4, goes: [{ pod: 'p3', seat: 3 }, { pod: 'p2', seat: 2 }] })
})
