import { readFileSync } from 'node:fs'
import { createSequence } from '../src/placement/seats/sequence.ts'
import { createTemplate } from './template.ts'

/** How much there is in a cluster that the bench plays. */
export interface World {
  readonly distributors: number
  readonly pods: number
  readonly nodes: number
}

/** The controlling owner of some pods: a ReplicaSet of the Deployment that a distributor names. */
export interface Owner {
  readonly namespace: string
  readonly deployment: string
  readonly hash: string
  readonly uid: string
}

/** A pod that a distributor placed. */
export interface PlacedPod {
  readonly owner: Owner
  readonly uid: string
  readonly name: string
  readonly seat: number
  readonly group: string
  /** The uid of its AdmissionReview. */
  readonly admission: string
}

/** Pods of one ReplicaSet among the known ones. */
export const podsPerOwner = 30
const namespaces = 200

const read = (name: string): string => readFileSync(`${import.meta.dirname}/recorded/${name}.json`, 'utf8').trim()

/** A uid of the right form: what it is of in the first part, the number in the last. Each is its own, whatever `kind` and `number`. */
export function uid(kind: number, number: number): string {
  return `${kind.toString(16).padStart(8, '0')}-7a1c-4e1f-9d3b-${number.toString(16).padStart(12, '0')}`
}

/** Kinds of uids. */
const kinds = { distributor: 1, node: 2, owner: 3, pod: 4, admission: 5 } as const

/** What distributor number `index` is, and the Deployment it targets, called. */
export function distributorName(index: number): { readonly namespace: string, readonly name: string } {
  return { namespace: `team-${index % namespaces}`, name: `web-${index}` }
}

/** ReplicaSet number `index` of all that known pods have; every one belongs to another Deployment while there are enough. */
export function ownerAt(index: number, { distributors }: Pick<World, 'distributors'>): Owner {
  return freshOwner(kinds.owner, index, index % distributors)
}

/** A ReplicaSet of the Deployment of a distributor. `kind` and `index` make its uid. */
export function freshOwner(kind: number, index: number, distributor: number): Owner {
  const { namespace, name } = distributorName(distributor)
  const hash = ((index + 1) * 2_654_435_761 % 2 ** 32).toString(16).padStart(10, '0')
  return { namespace, deployment: name, hash, uid: uid(kind, index) }
}

const groups = ['type-default', 'type-spot']
/** The weights of those in the distributors, which have them in turn: people say some few things again and again. */
const weights = [[80, 20], [90, 10], [70, 30], [60, 40], [50, 50], [75, 25], [95, 5], [2, 1]] as const
const sequences = weights.map(pair => createSequence(pair.map(weight => ({ weight, base: 0 }))))

/** Known pod number `index`: those of one owner lie together in the list, each on the seat it would have been given. */
export function podAt(index: number, world: World): PlacedPod {
  const seat = index % podsPerOwner
  const ownerIndex = Math.floor(index / podsPerOwner)
  const owner = ownerAt(ownerIndex, world)
  const suffix = index.toString(36).padStart(5, '0')
  const group = groups[sequences[ownerIndex % world.distributors % weights.length]!.groupOf(seat)]!
  return { owner, uid: uid(kinds.pod, index), name: `${owner.deployment}-${owner.hash}-${suffix}`, seat, group, admission: uid(kinds.admission, index) }
}

const pod = createTemplate(read('pod'), {
  name: 'web-6b77b9595b-l4r64', owner: 'web-6b77b9595b', hash: '6b77b9595b', namespace: '"namespace":"shop"',
  uid: 'f3f2323f-a8d0-4383-a2af-3b0026331074', version: '"resourceVersion":"521"', distributor: '"versprei.io/distributor":"web"',
  group: '"versprei.io/group":"type-default"', cost: '"1000000000"', admission: '506ff867-a71e-435e-9683-d06a718f8125',
  seat: '"versprei.io/seat":"0"', ownerUid: 'b26f8003-10e1-4e32-ad97-dd138d64823d',
})

/** PartialObjectMetadata of a pod. */
export function podObject({ owner, name, uid, group, seat, admission }: PlacedPod, resourceVersion: number): string {
  return pod({
    name, owner: `${owner.deployment}-${owner.hash}`, hash: owner.hash, namespace: `"namespace":"${owner.namespace}"`,
    uid, version: `"resourceVersion":"${resourceVersion}"`, distributor: `"versprei.io/distributor":"${owner.deployment}"`,
    group: `"versprei.io/group":"${group}"`, cost: `"${1_000_000_000 - seat}"`, admission, seat: `"versprei.io/seat":"${seat}"`, ownerUid: owner.uid,
  })
}

/** What a pod has beside its metadata: its spec as recorded, and that it is Ready. */
const rest = JSON.stringify({
  spec: JSON.parse(read('review')).request.object.spec,
  status: {
    phase: 'Running', podIP: '10.0.0.1', hostIP: '192.0.2.1', startTime: '2026-01-01T00:00:00Z',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(type =>
      ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: '2026-01-01T00:00:00Z' })),
    containerStatuses: [{
      name: 'web', ready: true, started: true, restartCount: 0, image: 'web', imageID: '', state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
    }],
  },
}).slice(1)

/** The whole pod, as the leader watches it. */
export function podWhole(placed: PlacedPod, resourceVersion: number): string {
  return `${podObject(placed, resourceVersion).slice(0, -1)},${rest}`
}

/** The known pods of one namespace. */
export function podsIn(namespace: string, world: World): { readonly count: number, readonly at: (index: number) => PlacedPod } {
  const first = Number(namespace.replace('team-', ''))
  const owners = Math.ceil(world.pods / podsPerOwner)
  // Owner by owner they belong to the distributors in turn, and those to the namespaces.
  const count = world.distributors < namespaces ? (first === 0 ? owners : 0) : Math.max(0, Math.ceil((owners - first) / namespaces))
  const step = world.distributors < namespaces ? 1 : namespaces
  return {
    count: count * podsPerOwner,
    at: index => podAt((first + step * Math.floor(index / podsPerOwner)) * podsPerOwner + index % podsPerOwner, world),
  }
}

const node = createTemplate(read('node'), {
  name: 'node-0', uid: '57e9d5ec-78ea-4076-97d8-ff5ff050fdca', zone: '"topology.kubernetes.io/zone":"europe-west4-a"', type: '"type":"default"',
})

/** PartialObjectMetadata of node number `index`: four of five are of type default, in three zones. */
export function nodeObject(index: number): string {
  return node({
    name: `node-${index}`, uid: uid(kinds.node, index), zone: `"topology.kubernetes.io/zone":"europe-west4-${'abc'[index % 3]}"`,
    type: `"type":"${index % 5 === 4 ? 'spot' : 'default'}"`,
  })
}

const distributor = createTemplate(read('distributor'), {
  metadata: '"name":"web","namespace":"shop"', target: '"kind":"Deployment","name":"web"', uid: '554eeb94-ef8d-405f-b568-d2c53677dfaf',
  regular: '"weight":80', spot: '"weight":20',
})

/** PodDistributor number `index`, whole. */
export function distributorObject(index: number): string {
  const { namespace, name } = distributorName(index)
  const [regular, spot] = weights[index % weights.length]!
  return distributor({
    metadata: `"name":"${name}","namespace":"${namespace}"`, target: `"kind":"Deployment","name":"${name}"`, uid: uid(kinds.distributor, index),
    regular: `"weight":${regular}`, spot: `"weight":${spot}`,
  })
}

const review = createTemplate(read('review'), {
  admission: '506ff867-a71e-435e-9683-d06a718f8125', namespace: '"namespace":"shop"', owner: 'web-6b77b9595b', hash: '6b77b9595b',
  ownerUid: 'b26f8003-10e1-4e32-ad97-dd138d64823d',
})

/** The AdmissionReview that the API server sends when a ReplicaSet's pod is created. */
export function reviewBody({ namespace, deployment, hash, uid }: Owner, admission: string): string {
  return review({ admission, namespace: `"namespace":"${namespace}"`, owner: `${deployment}-${hash}`, hash, ownerUid: uid })
}

/** The patch, base64, of a real answer to the recorded review. */
export function recordedPatch(): string {
  const { response }: { response: { patch: string } } = JSON.parse(read('answer'))
  return response.patch
}
