import t from 'tap'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import { readPod } from '../../../src/placement/pod.ts'
import { explainWorkload, type WorkloadExplanation, type WorkloadFacts } from '../../../src/survey/explain/explain-workload.ts'
import { knowledgeOf } from '../../../src/survey/explain/knowledge.ts'
import type { Json } from '../../placement/known.ts'
import { distributor, nodes, placedPod, podOf, replicaSet, seenPod } from './facts.ts'

interface Given {
  readonly pods?: readonly unknown[]
  /** Of an older revision. */
  readonly old?: readonly unknown[]
  readonly distributors?: readonly Json[]
  readonly next?: Json
  readonly asked?: WorkloadFacts['asked']
}

const nextPod = podOf({ spec: { nodeName: '' } })
const oldSet = { ...replicaSet, name: 'web-77', uid: 'uid-of-web-77' }

function explain({ pods = [], old = [], distributors = [distributor()], next = {}, asked }: Given): WorkloadExplanation {
  const [seen, seenOld] = [pods.map(seenPod), old.map(seenPod)]
  const read = readPod({ ...nextPod, ...next })
  const listed = distributors.map(one => listDistributor(one))
  return explainWorkload({
    kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 10, owner: undefined, registration: { kind: 'called' }, now: 0, asked,
    revisions: [
      { owner: { group: 'apps', ...replicaSet }, template: undefined, isCurrent: true, pods: seen },
      { owner: { group: 'apps', ...oldSet }, template: undefined, isCurrent: false, pods: seenOld },
    ],
    nextPod: 'pod' in read ? read.pod : undefined,
    knowledge: knowledgeOf({ distributors: listed, nodes, ownNamespace: undefined }, [...seen, ...seenOld]),
  })
}

const good = [0, 1, 2, 3].map(seat => placedPod(seat === 2 ? 'type-spot' : 'type-default', seat, `p${seat}`))
const nothing: WorkloadExplanation['wrong'] = {
  surplus: 0, outside: [], strays: [], pending: [], stale: [], leftAlone: [], inNoGroup: [], leaving: [], ended: 0,
}

const later = '2026-01-02T00:00:00Z'
const said = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/4 nodes are available' }] }

const wrongs: readonly { readonly name: string, readonly given: Given, readonly want: Partial<WorkloadExplanation['wrong']> }[] = [
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

void t.test('a workload that is left alone is told why', async t => {
  const optedOut = { metadata: { ...nextPod.metadata, labels: { ...nextPod.metadata.labels, 'versprei.io/ignore': 'true' } } }
  t.match(explain({ next: optedOut }).verdict, { kind: 'left-alone', reason: 'opted-out', distributor: { name: 'web' } })
  t.match(explain({ distributors: [] }).verdict, { kind: 'left-alone', reason: 'no-distributor', means: /no PodDistributor/ })
  t.match(explain({ distributors: [distributor({ distribution: [] })] }).verdict, {
    kind: 'left-alone', reason: 'distributor-invalid', distributor: { name: 'web', mistakes: [/distribution/] },
  })
})

void t.test('one of which nobody knows what its pods are like says so', async t => {
  t.strictSame(explain({ next: { spec: undefined } }).verdict, { kind: 'unknown' })
})

void t.test('a volume makes its group a preference', async t => {
  const spec = { ...nextPod.spec, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }
  t.match(explain({ next: { spec } }).verdict, { kind: 'placed', isRequired: false })
})

void t.test('another number of replicas is foreseen of the current revision', async t => {
  const { forecast } = explain({ pods: good, asked: { replicas: 2, firstOrdinal: undefined } })
  t.match(forecast, { replicas: 2, pods: 4, goes: [{ pod: 'p3', seat: 3 }, { pod: 'p2', seat: 2 }] })
})
