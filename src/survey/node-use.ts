import type { Amounts, ClusterState, SurveyedNode } from './cluster-state.ts'

/** A node, and how much of it is taken. */
export interface NodeUse extends Pick<SurveyedNode, 'name' | 'labels' | 'isReady' | 'isUnschedulable' | 'allocatable'> {
  /** Pods on it that have not ended, of whatever workload. */
  readonly pods: number
  /** What those pods ask for together. */
  readonly requested: Amounts
}

/**
 * How much of each node is taken, in the order of their names. A pod takes what it requests from the moment it has a node until it has
 * ended (Succeeded or Failed): as the scheduler counts, and `kubectl describe node` tells. It is no more than the pods that were read:
 * with those of one namespace alone, it is what that namespace takes.
 */
export function useOfNodes({ nodes, pods }: Pick<ClusterState, 'nodes' | 'pods'>): readonly NodeUse[] {
  const taken = new Map<string, { pods: number, readonly requested: Map<string, number> }>()
  for (const { node, phase, requests } of pods) {
    if (node === undefined || phase === 'Succeeded' || phase === 'Failed') continue
    const so = taken.get(node) ?? { pods: 0, requested: new Map<string, number>() }
    so.pods += 1
    for (const [resource, amount] of Object.entries(requests)) so.requested.set(resource, (so.requested.get(resource) ?? 0) + amount)
    taken.set(node, so)
  }
  return nodes.map(({ name, labels, isReady, isUnschedulable, allocatable }) => {
    const { pods = 0, requested = [] } = taken.get(name) ?? {}
    return { name, labels, isReady, isUnschedulable, allocatable, pods, requested: Object.fromEntries(requested) }
  }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
