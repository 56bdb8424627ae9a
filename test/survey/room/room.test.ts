import t from 'tap'
import type { SurveyedNode, SurveyedPod } from '../../../src/survey/cluster-state.ts'
import type { PodToPlace } from '../../../src/survey/room/pod-to-place.ts'
import type { Refusal } from '../../../src/survey/room/refusal.ts'
import { createRoom } from '../../../src/survey/room/room.ts'
import { node, spreadOver, standing, toPlace } from './standing-pods.ts'

const hostname = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'
const spot = { key: 'spot', value: 'true', effect: 'NoSchedule' }
const cordonTaint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }
const affinity = (...terms: readonly object[]): object =>
  ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } } })

const alone: readonly { name: string, node: SurveyedNode, pod: PodToPlace, pods?: readonly SurveyedPod[], want: Refusal | undefined }[] = [
  { name: 'an empty node', node: node('a'), pod: toPlace(), want: undefined },
  { name: 'not ready', node: node('a', { isReady: false }), pod: toPlace(), want: { kind: 'not-ready' } },
  { name: 'cordoned', node: node('a', { isUnschedulable: true }), pod: toPlace(), want: { kind: 'cordoned' } },
  { name: 'cordoned, by the taint that comes with it', node: node('a', { taints: [cordonTaint] }), pod: toPlace(), want: { kind: 'cordoned' } },
  {
    name: 'cordoned, tolerated', node: node('a', { isUnschedulable: true, taints: [cordonTaint] }),
    pod: toPlace({ tolerations: [{ operator: 'Exists' }] }), want: undefined,
  },
  { name: 'a taint', node: node('a', { taints: [spot] }), pod: toPlace(), want: { kind: 'taint', taint: spot } },
  { name: 'a taint that only asks', node: node('a', { taints: [{ ...spot, effect: 'PreferNoSchedule' }] }), pod: toPlace(), want: undefined },
  { name: 'a taint tolerated by value', node: node('a', { taints: [spot] }), pod: toPlace({ tolerations: [{ key: 'spot', value: 'true' }] }), want: undefined },
  {
    name: 'another value', node: node('a', { taints: [spot] }), pod: toPlace({ tolerations: [{ key: 'spot', value: 'false' }] }),
    want: { kind: 'taint', taint: spot },
  },
  {
    name: 'another effect', node: node('a', { taints: [spot] }), pod: toPlace({ tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoExecute' }] }),
    want: { kind: 'taint', taint: spot },
  },
  { name: 'a nodeSelector that is met', node: node('a', { labels: { disk: 'ssd' } }), pod: toPlace({ nodeSelector: { disk: 'ssd' } }), want: undefined },
  { name: 'a nodeSelector that is not', node: node('a'), pod: toPlace({ nodeSelector: { disk: 'ssd' } }), want: { kind: 'node-selector' } },
  {
    name: 'one term of two is met', node: node('a', { labels: { disk: 'ssd' } }), want: undefined,
    pod: toPlace(affinity({ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }, { matchExpressions: [{ key: 'disk', operator: 'Exists' }] })),
  },
  { name: 'an empty term matches nothing', node: node('a'), pod: toPlace(affinity({})), want: { kind: 'node-affinity' } },
  {
    name: 'named by a field', node: node('a'), want: undefined,
    pod: toPlace(affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] })),
  },
  {
    name: 'another is named by a field', node: node('a'), want: { kind: 'node-affinity' },
    pod: toPlace(affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] })),
  },
  { name: 'exactly as much as is left', node: node('a'), pod: toPlace(), pods: ['1', '2', '3'].map(() => standing('a')), want: undefined },
  {
    name: 'one pod too many', node: node('a'), pod: toPlace(), pods: ['1', '2', '3', '4'].map(() => standing('a')),
    want: { kind: 'no-room', resource: 'cpu', asked: 1000, free: 0 },
  },
  {
    name: 'who leaves holds room until it is gone, who has ended does not', node: node('a'), pod: toPlace({}, { requests: { cpu: 3000 } }),
    pods: [standing('a', { isLeaving: true }), standing('a', { phase: 'Succeeded' }), standing('a', { phase: 'Failed' }), standing(undefined)], want: undefined,
  },
  {
    name: 'as many pods as it takes', node: node('a', { allocatable: { cpu: 4000, pods: 2 } }), pod: toPlace({}, { requests: {} }),
    pods: [standing('a', { requests: {} }), standing('a', { requests: {} })], want: { kind: 'no-room', resource: 'pods', asked: 1, free: 0 },
  },
  {
    name: 'a pod that asks for nothing, on a node that is overdrawn', node: node('a'), pod: toPlace({}, { requests: { cpu: 0 } }),
    pods: [standing('a', { requests: { cpu: 9000 } })], want: undefined,
  },
  {
    name: 'more than there is on it', node: node('a'), pod: toPlace({}, { requests: { memory: 64 * 2 ** 30 } }),
    want: { kind: 'too-small', resource: 'memory', asked: 64 * 2 ** 30, allocatable: 8 * 2 ** 30 },
  },
  {
    name: 'a resource that it does not have', node: node('a'), pod: toPlace({}, { requests: { 'nvidia.com/gpu': 1 } }),
    want: { kind: 'too-small', resource: 'nvidia.com/gpu', asked: 1, allocatable: 0 },
  },
  {
    name: 'a node without the key of a hard constraint', node: node('a'), pod: toPlace({ topologySpreadConstraints: [spreadOver(zone)] }),
    want: { kind: 'spread', key: zone, isUnlabelled: true },
  },
  {
    name: 'a soft constraint keeps nobody away', node: node('a'), want: undefined,
    pod: toPlace({ topologySpreadConstraints: [spreadOver(zone, { whenUnsatisfiable: 'ScheduleAnyway' })] }),
  },
]

void t.test('a node takes a pod or says why not, as the scheduler would', async t => {
  for (const { name, node, pod, pods = [], want } of alone) {
    t.strictSame(createRoom({ nodes: [node], pods }).look(pod), new Map([[node.name, want]]), name)
  }
})

/** Places as many pods, one after another: how many stand on each node, and how many found none. */
function fill(room: ReturnType<typeof createRoom>, pod: PodToPlace, count: number): Readonly<Record<string, number>> {
  const stand: Record<string, number> = {}
  for (let index = 0; index < count; index += 1) {
    const name = room.place(pod) ?? 'none'
    stand[name] = (stand[name] ?? 0) + 1
  }
  return stand
}

const hard = toPlace({ topologySpreadConstraints: [spreadOver(hostname)] })
const cases: readonly { name: string, nodes: readonly SurveyedNode[], pods?: readonly SurveyedPod[], pod: PodToPlace, count: number, want: object }[] = [
  { name: 'evenly', nodes: [node('a'), node('b'), node('c')], pod: hard, count: 8, want: { a: 3, b: 3, c: 2 } },
  {
    name: 'a full node that counts holds the others at maxSkew', nodes: [node('a'), node('b'), node('c')], pod: hard, count: 4,
    pods: [standing('c', { labels: {}, requests: { cpu: 4000 } })], want: { a: 1, b: 1, none: 2 },
  },
  {
    name: 'a cordoned node counts unless taints are honoured', nodes: [node('a'), node('b', { isUnschedulable: true, taints: [cordonTaint] })], pod: hard,
    count: 3, want: { a: 1, none: 2 },
  },
  {
    name: 'and does not where they are', nodes: [node('a'), node('b', { isUnschedulable: true, taints: [cordonTaint] })], count: 3, want: { a: 3 },
    pod: toPlace({ topologySpreadConstraints: [spreadOver(hostname, { nodeTaintsPolicy: 'Honor' })] }),
  },
  {
    name: 'a node that its nodeSelector rules out does not count', nodes: [node('a', { labels: { disk: 'ssd' } }), node('b')], count: 2, want: { a: 2 },
    pod: toPlace({ nodeSelector: { disk: 'ssd' }, topologySpreadConstraints: [spreadOver(hostname)] }),
  },
  {
    name: 'those that are there count, those that leave do not', nodes: [node('a'), node('b')], pod: hard, count: 3,
    pods: [standing('a'), standing('a'), standing('b', { isLeaving: true })], want: { b: 2, a: 1 },
  },
  {
    name: 'another revision does not count where matchLabelKeys tells it apart', nodes: [node('a'), node('b')], count: 2, want: { a: 1, b: 1 },
    pods: [standing('a', { labels: { app: 'web', hash: '1' } }), standing('a', { labels: { app: 'web', hash: '1' } })],
    pod: toPlace({ topologySpreadConstraints: [spreadOver(hostname, { matchLabelKeys: ['hash'] })] }, { labels: { hash: '2' } }),
  },
  {
    name: 'fewer domains than minDomains', nodes: [node('a'), node('b')], count: 3, want: { a: 1, b: 1, none: 1 },
    pod: toPlace({ topologySpreadConstraints: [spreadOver(hostname, { minDomains: 3 })] }),
  },
  {
    name: 'a constraint that selects others counts them and not itself', nodes: [node('a'), node('b')], count: 3, want: { a: 3 },
    pods: [standing('b', { labels: { app: 'db' } }), standing('b', { labels: { app: 'db' } })],
    pod: toPlace({ topologySpreadConstraints: [spreadOver(hostname, { labelSelector: { matchLabels: { app: 'db' } } })] }),
  },
  {
    name: 'zones', nodes: [node('a', { labels: { [zone]: 'x' } }), node('b', { labels: { [zone]: 'x' } }), node('c', { labels: { [zone]: 'y' } })], count: 4,
    pod: toPlace({ topologySpreadConstraints: [spreadOver(zone)] }), want: { a: 1, b: 1, c: 2 },
  },
  {
    name: 'a host port: one on each node', nodes: [node('a'), node('b')], count: 3, want: { a: 1, b: 1, none: 1 },
    pod: toPlace({ containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
  },
  {
    name: 'anti-affinity: one on each node, and none where one is already', nodes: [node('a'), node('b'), node('c')], pods: [standing('b')], count: 3,
    want: { a: 1, c: 1, none: 1 },
    pod: toPlace({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: hostname, labelSelector: { matchLabels: { app: 'web' } } },
    ] } } }),
  },
  {
    name: 'anti-affinity means its own namespace, unless it says which', nodes: [node('a')], pods: [standing('a', { namespace: 'other' })], count: 1, want: { a: 1 },
    pod: toPlace({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: hostname, labelSelector: { matchLabels: { app: 'web' } } },
    ] } } }),
  },
]

void t.test('pods are placed one after another until no node takes one', async t => {
  for (const { name, nodes, pods = [], pod, count, want } of cases) t.same(fill(createRoom({ nodes, pods }), pod, count), want, name)
})

void t.test('pods that are thought away leave their room', async t => {
  const pods = ['1', '2', '3', '4'].map(() => standing('a'))
  const nodes = [node('a')]
  t.equal(createRoom({ nodes, pods }).place(toPlace()), undefined)
  t.equal(createRoom({ nodes, pods }, new Set([pods[0]?.uid ?? ''])).place(toPlace()), 'a')
})

void t.test('each node has room for so many of a kind, by their requests and its pods', async t => {
  const nodes = [node('a'), node('b', { isUnschedulable: true }), node('c', { allocatable: { cpu: 64_000, pods: 3 } })]
  const room = createRoom({ nodes, pods: [standing('a'), standing('c')] })
  const want = new Map([['a', 3], ['b', 0], ['c', 2]])
  t.strictSame(room.capacities(toPlace()), want)
  t.strictSame(room.capacities(hard), want, 'constraints aside')
  t.strictSame(room.capacities(toPlace({}, { requests: {} })), new Map([['a', 109], ['b', 0], ['c', 2]]))
})

void t.test('what is not looked at is named', async t => {
  t.strictSame(toPlace().unseen, [])
  t.strictSame(toPlace({
    schedulerName: 'mine', volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: hostname }] } },
  }).unseen, [
    'where the volume of its PersistentVolumeClaim can be mounted', 'its required pod affinity', 'what mine does that the default scheduler does not',
  ])
})
