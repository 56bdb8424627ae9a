import type { Amounts, ClusterState, SurveyedNode, SurveyedPod } from '../cluster-state.ts'

type Labels = Readonly<Record<string, string>>

/** A pod that stands on a node, as far as others have to heed it. */
export interface Standing {
  readonly namespace: string
  readonly labels: Labels
  readonly node: string
  readonly requests: Amounts
  readonly hostPorts: readonly string[]
  /** A pod that is leaving holds its room to the end, and no constraint counts it. */
  readonly isLeaving: boolean
}

/** What is asked for on each node, and by whom. */
export interface Ledger {
  readonly put: (standing: Standing) => void
  /** What is taken of a resource on a node; `pods` is the number of its pods. */
  readonly taken: (node: string, resource: string) => number
  readonly hostPorts: (node: string) => ReadonlySet<string>
  /** Those of a namespace; of all without one. */
  readonly standing: (namespace: string | undefined) => readonly Standing[]
}

/** What holds room: pods on a node that have not ended (the scheduler's cache knows no others). */
export function holdsRoom({ phase, node }: SurveyedPod): boolean {
  return node !== undefined && phase !== 'Succeeded' && phase !== 'Failed'
}

/** @param without pods that are thought away, by uid */
export function createLedger({ pods }: Pick<ClusterState, 'pods'>, without: ReadonlySet<string>): Ledger {
  const taken = new Map<string, Map<string, number>>()
  const ports = new Map<string, Set<string>>()
  const byNamespace = new Map<string, Standing[]>()
  const put = (one: Standing): void => {
    const amounts = taken.get(one.node) ?? new Map<string, number>()
    taken.set(one.node, amounts)
    for (const [resource, amount] of [...Object.entries(one.requests), ['pods', 1] as const]) {
      amounts.set(resource, (amounts.get(resource) ?? 0) + amount)
    }
    if (one.hostPorts.length > 0) ports.set(one.node, new Set([...ports.get(one.node) ?? [], ...one.hostPorts]))
    byNamespace.set(one.namespace, byNamespace.get(one.namespace) ?? [])
    byNamespace.get(one.namespace)?.push(one)
  }
  for (const pod of pods) {
    const { namespace, labels, node, requests, isLeaving } = pod
    if (node !== undefined && holdsRoom(pod) && !without.has(pod.uid)) put({ namespace, labels, node, requests, hostPorts: [], isLeaving })
  }
  return {
    put,
    taken: (node, resource) => taken.get(node)?.get(resource) ?? 0,
    hostPorts: node => ports.get(node) ?? none,
    standing: namespace => namespace === undefined ? [...byNamespace.values()].flat() : byNamespace.get(namespace) ?? [],
  }
}

const none: ReadonlySet<string> = new Set()

/** What a node has left of a resource; a resource that it does not have is 0. */
export function freeOn(ledger: Ledger, { name, allocatable }: Pick<SurveyedNode, 'name' | 'allocatable'>, resource: string): number {
  return (Object.hasOwn(allocatable, resource) ? allocatable[resource] ?? 0 : 0) - ledger.taken(name, resource)
}
