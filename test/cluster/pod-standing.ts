import { isReady, requestApi, waitFor, type Condition, type Metadata } from './cluster.ts'

interface OwnerReference { readonly uid: string, readonly controller?: boolean }

interface FullPod {
  readonly metadata: Metadata & { readonly ownerReferences?: readonly OwnerReference[] }
  readonly spec: { readonly nodeName?: string, readonly affinity?: unknown }
  readonly status: { readonly phase?: string, readonly conditions?: readonly (Condition & { readonly lastTransitionTime?: string })[] }
}

interface List<T> { readonly items: readonly T[] }

/** A pod, and the group of the node it stands on: looked up on the node, never in what Versprei wrote on the pod. */
export interface PodStanding {
  readonly name: string
  readonly uid: string
  /** The uid of its controlling owner: its revision. */
  readonly owner: string
  readonly group: string
  readonly node: string | undefined
  /** The seat that Versprei wrote on it. */
  readonly seat: number | undefined
  readonly created: string
  /** Since when it is Ready. */
  readonly ready: string | undefined
  readonly phase: string
  readonly terminating: boolean
  readonly metadata: Metadata
  readonly affinity: unknown
}

export interface Where {
  /** As kubectl writes it; every pod of the namespace by default. */
  readonly selector?: string
  /** The node label whose value is the group; `type` by default. */
  readonly key?: string
}

/** The pods of a namespace, those that terminate or have ended too, by name. */
export async function listStanding(namespace: string, { selector = '', key = 'type' }: Where = {}): Promise<readonly PodStanding[]> {
  const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`
  const [pods, nodes] = await Promise.all([
    requestApi<List<FullPod>>('GET', `/api/v1/namespaces/${namespace}/pods${query}`),
    requestApi<List<{ readonly metadata: Metadata }>>('GET', '/api/v1/nodes'),
  ])
  const groups = new Map(nodes.items.map(({ metadata }) => [metadata.name, metadata.labels?.[key] ?? '(none)']))
  return pods.items.map(pod => standingOf(pod, groups)).toSorted((a, b) => a.name < b.name ? -1 : 1)
}

function standingOf({ metadata, spec, status }: FullPod, groups: ReadonlyMap<string, string>): PodStanding {
  const seat = metadata.annotations?.['versprei.io/seat']
  return {
    name: metadata.name,
    uid: metadata.uid,
    owner: metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? '',
    group: spec.nodeName === undefined ? '(pending)' : groups.get(spec.nodeName) ?? '(none)',
    node: spec.nodeName,
    seat: seat === undefined ? undefined : Number(seat),
    created: metadata.creationTimestamp,
    ready: status.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True')?.lastTransitionTime,
    phase: status.phase ?? '',
    terminating: metadata.deletionTimestamp !== undefined,
    metadata,
    affinity: spec.affinity,
  }
}

/** Waits until n pods are there, all Ready and none terminating. Returns them. */
export async function waitStanding(namespace: string, n: number, where: Where = {}): Promise<readonly PodStanding[]> {
  return waitFor(`namespace ${namespace} has ${n} pods ${where.selector ?? ''}, all Ready`, async () => {
    const pods = await listStanding(namespace, where)
    const terminating = pods.filter(pod => pod.terminating).length
    const ready = pods.filter(pod => pod.ready !== undefined).length
    if (pods.length !== n || terminating > 0 || ready !== n) {
      throw new Error(`${pods.length} pods, ${terminating} terminating, ${ready} Ready`)
    }
    return pods
    // To list many pods too often would slow down what is being waited for.
  }, { timeout: 120_000, interval: Math.max(100, 3 * n) })
}

/** `{default: 8, spot: 2}` */
export function countStanding(pods: readonly PodStanding[]): Readonly<Record<string, number>> {
  const standing = Map.groupBy(pods, ({ group }) => group)
  return Object.fromEntries(standing.entries().map(([group, { length }]) => [group, length]))
}

/** Waits for a node to say Ready. */
export async function waitNodeReady(name: string): Promise<void> {
  await waitFor(`node ${name} is Ready and takes pods`, async () => {
    const { spec, status } = await requestApi<{ spec: { taints?: unknown[] }, status: FullPod['status'] }>('GET', `/api/v1/nodes/${name}`)
    return isReady({ status }) && (spec.taints ?? []).length === 0
  })
}
