import { deviationBound } from '../../src/placement/seats/ideal.ts'
import { exactIdeal, isWithinBound } from '../placement/seats/exact-ideal.ts'
import { listPods, requestApi, type Metadata, type Pod } from './cluster.ts'
import { sequenceOf, totalOf, type Shape } from './shapes.ts'
import { waitFor } from './wait-for.ts'

/** How the pods of one Deployment stand. */
export interface Standing {
  readonly deployment: string
  readonly pods: readonly Pod[]
  /** By the group of the node that each stands on. */
  readonly counts: Readonly<Record<string, number>>
}

interface List<T> { readonly items: readonly T[] }
interface Owned { readonly metadata: Metadata & { readonly ownerReferences?: readonly { readonly uid: string }[] } }
interface Deployment {
  readonly metadata: Metadata
  readonly spec: { readonly replicas: number }
  readonly status: { readonly observedGeneration?: number, readonly replicas?: number, readonly readyReplicas?: number }
}

const distributorLabel = 'versprei.io/distributor'
const groupLabel = 'versprei.io/group'
const seatAnnotation = 'versprei.io/seat'

/** How many pods a namespace has, terminating ones too, without reading them. */
export async function countPods(namespace: string): Promise<number> {
  const path = `/api/v1/namespaces/${namespace}/pods?limit=1`
  const { items, metadata } = await requestApi<List<unknown> & { readonly metadata: { readonly remainingItemCount?: number } }>('GET', path)
  return items.length + (metadata.remainingItemCount ?? 0)
}

/** Waits until two fifths of the pods that a shape will have are there; returns how many those were. */
export const waitForMiddle = (namespace: string, shape: Shape): Promise<number> =>
  waitFor('two fifths of the pods exist', async () => {
    const count = await countPods(namespace)
    return count >= totalOf(shape) * 0.4 && count
  }, { interval: 250, timeout: 120_000 })

/** Waits until every Deployment of a namespace has the replicas it wants, all Ready, and no other pod is there. */
export async function waitSettled(namespace: string): Promise<void> {
  await waitFor('every Deployment has its pods, all Ready', async () => {
    const { items } = await requestApi<List<Deployment>>('GET', `/apis/apps/v1/namespaces/${namespace}/deployments`)
    for (const { metadata, spec, status } of items) {
      const { observedGeneration = 0, replicas = 0, readyReplicas = 0 } = status
      if (observedGeneration < (metadata.generation ?? 0) || replicas !== spec.replicas || readyReplicas !== spec.replicas) {
        throw new Error(`${metadata.name}: ${readyReplicas} Ready of ${replicas}, wanted ${spec.replicas}`)
      }
    }
    const [wanted, there] = [items.reduce((sum, { spec }) => sum + spec.replicas, 0), await countPods(namespace)]
    if (wanted !== there) throw new Error(`${there} pods, wanted ${wanted}`)
    return true
  }, { timeout: 180_000, interval: 250 })
}

/** The pods of a namespace by Deployment, and where they stand: looked up on the nodes, never in what Versprei wrote on the pods. */
export async function readStandings(namespace: string, { nodeLabel }: Shape): Promise<readonly Standing[]> {
  const { items: nodes } = await requestApi<List<{ readonly metadata: Metadata }>>('GET', '/api/v1/nodes')
  const groups = new Map(nodes.map(node => [node.metadata.name, node.metadata.labels?.[nodeLabel] ?? '(none)']))
  const live = (await listPods(namespace)).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const groupOf = ({ spec }: Pod): string => spec.nodeName === undefined ? '(pending)' : groups.get(spec.nodeName) ?? '(none)'
  return [...Map.groupBy(live, ({ metadata }) => metadata.labels?.['app'] ?? '(none)')].map(([deployment, pods]) => ({
    deployment, pods,
    counts: Object.fromEntries([...Map.groupBy(pods, groupOf)].map(([group, { length }]) => [group, length])),
  }))
}

/** The workloads that are not within the proven bound, and what each has. */
export const notExact = ({ claims }: Shape, standings: readonly Standing[]): readonly Standing[] => {
  const groups = Object.values(claims)
  const k = groups.filter(({ weight, base, max = Infinity }) => weight > 0 && max > base).length
  return standings.filter(({ pods, counts }) => {
    const wanted = exactIdeal(groups, pods.length)
    return Object.keys(claims).some((name, index) => !isWithinBound(counts[name] ?? 0, wanted[index]!, k))
      || Object.keys(counts).some(name => claims[name] === undefined)
  })
}

/**
 * The workloads that are not exact beyond what cannot be mended without moving pods: those that the scheduler put on a group with a `max`, or
 * with next to no weight, are adopted there; and races of r replicas at the same moment may each give one too many to a group that is nearly
 * at its `max`.
 */
export const notExplained = (shape: Shape, replicas: number, standings: readonly Standing[]): readonly Standing[] => {
  const claims = Object.entries(shape.claims)
  return notExact(shape, standings).filter(({ pods, counts }) => {
    const wanted = exactIdeal(Object.values(shape.claims), pods.length).map(({ top, bottom }) => Math.ceil(Number(top) / Number(bottom)))
    const surplus = claims.map(([name], index) => Math.max(0, (counts[name] ?? 0) - wanted[index]!))
    const beyondMax = claims.map(([name, { max = Infinity }]) => Math.min(replicas, Math.max(0, (counts[name] ?? 0) - max)))
    const adopted = pods.filter(({ metadata }) => metadata.annotations?.['versprei.io/admission']?.startsWith('adopted-') === true).length
    return sumOf(surplus) - sumOf(beyondMax) > adopted
  })
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0)

/** The greatest distance of any group of any of the workloads from its ideal, in pods. */
export function worstOf({ claims }: Shape, standings: readonly Standing[]): number {
  return Math.max(0, ...standings.flatMap(({ pods, counts }) => {
    const wanted = exactIdeal(Object.values(claims), pods.length).map(({ top, bottom }) => Number(top) / Number(bottom))
    return Object.keys(claims).map((name, index) => Math.abs((counts[name] ?? 0) - wanted[index]!))
  }))
}

/** What r replicas that each ran a race of their own may be off together. */
export const raceBound = ({ claims }: Shape, replicas: number): number => (replicas + 1) * deviationBound(Object.values(claims))

/** Those that no admission placed, and nobody has adopted. */
export const strays = (standings: readonly Standing[]): readonly Pod[] =>
  standings.flatMap(({ pods }) => pods).filter(({ metadata }) => metadata.labels?.[distributorLabel] === undefined)

/** The workloads in which a group's pods do not hold its first seats, each one of its own. */
export const notRanked = (shape: Shape, standings: readonly Standing[]): readonly Standing[] => standings.filter(({ pods }) => {
  const owned: readonly (Pod & Owned)[] = pods
  return [...Map.groupBy(owned, ({ metadata }) => metadata.ownerReferences?.[0]?.uid ?? '')].some(([uid, members]) => {
    const sequence = sequenceOf(shape, uid)
    const seats = Object.keys(shape.claims).map(group => members
      .filter(({ metadata }) => metadata.labels?.[groupLabel] === group)
      .map(({ metadata }) => Number(metadata.annotations?.[seatAnnotation])))
    const taken = seats.map(({ length }) => length)
    return seats.some((held, group) => held.toSorted((a, b) => a - b).some((seat, rank) => seat !== sequence.seatOf(group, rank, taken)))
  })
})

/** Why the ReplicaSet controller could not create a pod of this namespace, according to its events. */
export async function failedCreates(namespace: string): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=reason%3DFailedCreate`
  return (await requestApi<List<{ readonly message: string }>>('GET', path)).items.map(({ message }) => message)
}
