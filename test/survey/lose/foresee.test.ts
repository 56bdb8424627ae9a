import t from 'tap'
import { applyPatch } from '../../../src/cli/apply-patch.ts'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import type { SurveyedNode, SurveyedOwner, SurveyedPod } from '../../../src/survey/cluster-state.ts'
import { foresee } from '../../../src/survey/lose/foresee.ts'
import type { Outlook } from '../../../src/survey/lose/outlook.ts'
import { aNode, anOwner, aPod, aState, by } from '../state.ts'

const cpu = (amount: number) => ({ requests: { cpu: amount } })

/** Two regular nodes and two spot nodes, of 4 cores and 110 pods. */
const nodes: readonly SurveyedNode[] = ['r1', 'r2', 's1', 's2'].map((name, index) => ({
  ...aNode(name, { type: name.startsWith('r') ? 'default' : 'spot', zone: index % 2 === 0 ? 'a' : 'b' }), allocatable: { cpu: 4000, pods: 110 },
}))

const distributor = (spec: object = {}, distribution: readonly object[] = [
  { name: 'regular', nodeLabel: { type: 'default' }, weight: 1 }, { name: 'spot', nodeLabel: { type: 'spot' }, weight: 1 },
]) => listDistributor({
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'split', namespace: 'shop' },
  spec: { target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, distribution, ...spec },
})

const hash = { 'pod-template-hash': 'abc' }
const web = anOwner('Deployment', 'web')
const revisionOf = (spec: object = {}) => anOwner('ReplicaSet', 'web-abc', {
  owner: by(web), isAsked: false, template: { metadata: { labels: { app: 'web', ...hash } }, spec: { containers: [], ...spec } },
})
const revision = revisionOf()

/** A pod that admission placed on a seat, as its group has it. */
const placed = (node: string, seat: number, more: Partial<SurveyedPod> = {}): SurveyedPod => aPod(`web-${seat}`, revision, node, {
  labels: { app: 'web', ...hash, 'versprei.io/distributor': 'split', 'versprei.io/group': node.startsWith('r') ? 'regular' : 'spot' },
  annotations: { 'versprei.io/seat': String(seat), 'versprei.io/admission': `review-${seat}` }, ...cpu(1000), ...more,
})
/** 1:1 takes the seats in turn. */
const standing = [placed('r1', 0), placed('s1', 1), placed('r2', 2), placed('s2', 3)]

interface Case {
  readonly name: string
  readonly lost: readonly string[]
  readonly distributors?: ReturnType<typeof distributor>[]
  readonly owners?: readonly SurveyedOwner[]
  readonly pods?: readonly SurveyedPod[]
  readonly nodes?: readonly SurveyedNode[]
  readonly want: Omit<Outlook, 'workload' | 'distributor'>
}

const groups = (regular: readonly [number, number, number], spot: readonly [number, number, number]) =>
  [['regular', regular] as const, ['spot', spot] as const].map(([name, [now, left, after]]) => ({ name, now, left, after }))

const cases: readonly Case[] = [
  {
    name: 'one node of a group: its pods fit on the others of the group', lost: ['s1'],
    want: { pods: 4, left: 3, fit: 1, unsure: 0, wait: 0, pending: 0, groups: groups([2, 2, 2], [2, 1, 2]), troubles: [] },
  },
  {
    name: 'a whole group, which is required', lost: ['s1', 's2'],
    want: {
      pods: 4, left: 2, fit: 0, unsure: 0, wait: 2, pending: 0, groups: groups([2, 2, 2], [2, 0, 0]),
      troubles: [{ reason: 'no-node', pods: 2, detail: 'group spot has no node left' }],
    },
  },
  {
    name: 'a whole group, which is preferred', lost: ['s1', 's2'], distributors: [distributor({ enforcement: 'Preferred' })],
    want: { pods: 4, left: 2, fit: 2, unsure: 0, wait: 0, pending: 0, groups: groups([2, 2, 4], [2, 0, 0]), troubles: [] },
  },
  {
    name: 'a whole group, which is only tried', lost: ['s1', 's2'], distributors: [distributor({ enforcement: 'Audit' })],
    pods: standing.map(pod => ({ ...pod, labels: { app: 'web', ...hash }, annotations: {} })),
    want: { pods: 4, left: 2, fit: 2, unsure: 0, wait: 0, pending: 0, groups: groups([2, 2, 4], [2, 0, 0]), troubles: [] },
  },
  {
    name: 'what is preferred is heeded while it has room', lost: ['r1'], distributors: [distributor({ enforcement: 'Preferred' })],
    want: { pods: 4, left: 3, fit: 1, unsure: 0, wait: 0, pending: 0, groups: groups([2, 1, 2], [2, 2, 2]), troubles: [] },
  },
  {
    name: 'room that is short', lost: ['s1'],
    pods: [...standing.slice(0, 3), placed('s2', 3, cpu(3000)), placed('r1', 4), placed('s1', 5), placed('r2', 6), placed('s1', 7)],
    want: {
      pods: 8, left: 5, fit: 1, unsure: 0, wait: 2, pending: 0, groups: groups([4, 4, 4], [4, 1, 2]),
      troubles: [{ reason: 'no-room', pods: 2, detail: '1 node short of cpu' }],
    },
  },
  {
    name: 'a group that the pod itself rules out is passed over', lost: ['s1', 's2'], owners: [web, revisionOf({ nodeSelector: { type: 'default' } })],
    want: { pods: 4, left: 2, fit: 2, unsure: 0, wait: 0, pending: 0, groups: groups([2, 2, 4], [2, 0, 0]), troubles: [] },
  },
  {
    name: 'seats that were lost go to the group that they belong to, not to where there is room', lost: ['r1'],
    pods: [...standing, placed('r1', 4)],
    want: { pods: 5, left: 3, fit: 2, unsure: 0, wait: 0, pending: 0, groups: groups([3, 1, 3], [2, 2, 2]), troubles: [] },
  },
  {
    name: 'nodes that are left, and take nobody', lost: ['s1'], nodes: nodes.map(node => (node.name === 's2' ? { ...node, isUnschedulable: true } : node)),
    want: {
      pods: 4, left: 3, fit: 0, unsure: 0, wait: 1, pending: 0, groups: groups([2, 2, 2], [2, 1, 1]),
      troubles: [{ reason: 'closed-nodes', pods: 1, detail: '1 node cordoned' }],
    },
  },
  {
    name: 'a volume, of which it is not known where it can be mounted', lost: ['s1'],
    owners: [web, revisionOf({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] })],
    want: {
      pods: 4, left: 3, fit: 0, unsure: 1, wait: 0, pending: 0, groups: groups([2, 2, 2], [2, 1, 2]),
      troubles: [{ reason: 'uncertain', pods: 1, detail: 'where the volume of its PersistentVolumeClaim can be mounted' }],
    },
  },
  {
    name: 'an owner whose template is not known', lost: ['s1'], owners: [web, { ...revision, template: undefined }],
    want: {
      pods: 4, left: 3, fit: 0, unsure: 1, wait: 0, pending: 0, groups: groups([2, 2, 2], [2, 1, 1]),
      troubles: [{ reason: 'unknown', pods: 1, detail: 'no template is known of ReplicaSet' }],
    },
  },
  {
    name: 'pods that have ended, are leaving, have no node, or one that is not there', lost: ['s1'], pods: [
      ...standing, { ...placed('r1', 6), node: 'gone' }, placed('s1', 5, { phase: 'Succeeded' }), placed('s1', 7, { isLeaving: true }), { ...placed('r1', 4), node: undefined, phase: 'Pending' },
    ],
    want: { pods: 4, left: 3, fit: 1, unsure: 0, wait: 0, pending: 1, groups: groups([2, 2, 2], [2, 1, 2]), troubles: [] },
  },
  {
    name: 'a pod that has a node and does not run there is none that is left', lost: ['r1'],
    pods: [placed('r1', 0), placed('s1', 1, { phase: 'Pending' }), placed('s2', 3, { phase: 'Unknown' })],
    want: { pods: 1, left: 0, fit: 1, unsure: 0, wait: 0, pending: 2, groups: groups([1, 0, 1], [0, 0, 0]), troubles: [] },
  },
  {
    name: 'a lost pod that did not run is made again before the next, and counts for nothing', lost: ['s1'],
    pods: [placed('r1', 0), placed('s1', 1, { phase: 'Pending' }), placed('r2', 2), placed('s1', 3), placed('r1', 4), placed('s2', 5, cpu(3000))],
    want: {
      pods: 5, left: 4, fit: 0, unsure: 0, wait: 1, pending: 1, groups: groups([3, 3, 3], [2, 1, 1]),
      troubles: [{ reason: 'no-room', pods: 1, detail: '1 node short of cpu' }],
    },
  },
]

void t.test('what a loss leaves, and what becomes of the replacements', async t => {
  for (const { name, lost, distributors = [distributor()], owners = [web, revision], pods = standing, want, ...more } of cases) {
    const state = aState({ nodes: more.nodes ?? nodes, owners, pods })
    const { workloads, nodes: gone, ofNodes } = foresee(state, distributors, new Set(lost), applyPatch)
    t.strictSame(gone, lost)
    t.equal(ofNodes, 4)
    t.strictSame(workloads, [{ workload: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }, distributor: 'split', ...want }], name)
  }
})

void t.test('who comes first has the room; nobody replaces a pod that has no controller, nor those of a DaemonSet', async t => {
  const small = [{ ...aNode('n1'), allocatable: { cpu: 2000, pods: 110 } }, { ...aNode('n2'), allocatable: { cpu: 4000, pods: 110 } }]
  const template = { metadata: { labels: {} }, spec: { containers: [] } }
  const [first, second] = [anOwner('StatefulSet', 'a', { template }), anOwner('StatefulSet', 'b', { template, hasClaims: true })]
  const [daemon, widget] = [{ group: 'apps', kind: 'DaemonSet', name: 'd', uid: 'd' }, { group: 'example.com', kind: 'Widget', name: 'w', uid: 'w' }]
  const pods = [
    aPod('b-0', second, 'n2', cpu(1000)), aPod('a-0', first, 'n2', cpu(1000)), aPod('a-1', first, 'n1', cpu(500)),
    aPod('d-0', daemon, 'n2'), aPod('w-0', widget, 'n2'), aPod('alone', undefined, 'n2'),
  ]
  const { workloads, goneForGood } = foresee(aState({ nodes: small, owners: [first, second], pods }), [], new Set(['n2']), applyPatch)
  t.strictSame(workloads.map(({ workload: { name }, left, fit, unsure, wait, troubles }) => ({ name, left, fit, unsure, wait, troubles })), [
    { name: 'b', left: 0, fit: 0, unsure: 0, wait: 1, troubles: [{ reason: 'no-room', pods: 1, detail: '1 node short of cpu' }] },
    { name: 'w', left: 0, fit: 0, unsure: 1, wait: 0, troubles: [{ reason: 'unknown', pods: 1, detail: 'no template is known of Widget' }] },
    { name: 'a', left: 1, fit: 1, unsure: 0, wait: 0, troubles: [] },
  ])
  t.strictSame(goneForGood, ['shop/alone'])
})

void t.test('a pod of a StatefulSet comes back with its ordinal, which is its seat', async t => {
  const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [] } }
  const db = anOwner('StatefulSet', 'db', { template })
  const named = (ordinal: number, node: string, group: string) => aPod(`db-${ordinal}`, db, node, {
    labels: { app: 'db', 'apps.kubernetes.io/pod-index': `${ordinal}`, 'versprei.io/distributor': 'split', 'versprei.io/group': group },
    annotations: { 'versprei.io/seat': `${ordinal}`, 'versprei.io/admission': `review-${ordinal}` },
  })
  const targeted = distributor({ target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } })
  // Seat 1 is of the spot group, though that has more than its share already.
  const pods = [named(1, 's1', 'spot'), named(3, 's2', 'spot'), named(5, 's2', 'spot')]
  const { workloads } = foresee(aState({ nodes, owners: [db], pods }), [targeted], new Set(['s1']), applyPatch)
  t.strictSame(workloads.map(({ distributor: by, fit, wait, groups: all }) => ({ by, fit, wait, all })), [
    { by: 'split', fit: 1, wait: 0, all: groups([0, 0, 0], [3, 2, 3]) },
  ])
})

void t.test('a pod whose controller is not there any more is gone for good, like one that never had any', async t => {
  const pods = [...standing, aPod('alone', undefined, 's1')]
  const { workloads, goneForGood } = foresee(aState({ nodes, owners: [web], pods }), [distributor()], new Set(['s1']), applyPatch)
  t.strictSame({ workloads, goneForGood }, { workloads: [], goneForGood: ['shop/alone', 'shop/web-1'] })
})
