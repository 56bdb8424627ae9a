import { matchesLabels, type Requirement } from '../../placement/nodes/requirements.ts'
import type { ClusterState, SurveyedNode } from '../cluster-state.ts'
import { apartFilter, spreadFilter, type Ground } from './domain-filters.ts'
import { createLedger, freeOn } from './ledger.ts'
import { nodeRefusal } from './node-filters.ts'
import type { PodToPlace } from './pod-to-place.ts'
import type { Refusal } from './refusal.ts'
import { capacityOf, resourceRefusal } from './resource-filter.ts'

/** Nodes, and who stands on them: a model of the filters by which the scheduler finds a node for a pod. */
export interface Room {
  /** Every node: undefined where the pod may stand, otherwise why it may not. In order of name. */
  readonly look: (pod: PodToPlace) => ReadonlyMap<string, Refusal | undefined>
  /** How many such pods each node has room for, one beside another, by their requests alone: 0 where it takes none for another reason. */
  readonly capacities: (pod: PodToPlace) => ReadonlyMap<string, number>
  /** Puts the pod on a node, whether it may stand there or not. */
  readonly put: (pod: PodToPlace, node: string) => void
  /**
   * Finds a node for the pod and puts it there; undefined where there is none. Of several it is the one with the fewest pods that have its
   * labels, then the one with the largest part of its cpu and memory left, then the first by name. The scheduler weighs more than that:
   * which node it would take is not known, only whether there is one.
   */
  readonly place: (pod: PodToPlace) => string | undefined
}

/**
 * What is not modelled: volumes, resource claims, pod affinity, host ports and anti-affinity of the pods that are there already (a
 * survey does not read them), preemption, and other schedulers. `PodToPlace.unseen` names those that matter for a pod.
 *
 * @param without pods that are thought away, by uid
 */
export function createRoom(state: Pick<ClusterState, 'nodes' | 'pods'>, without: ReadonlySet<string> = new Set()): Room {
  const nodes = new Map(state.nodes.toSorted((a, b) => a.name < b.name ? -1 : 1).map(node => [node.name, node]))
  const ground: Ground = { nodes, ledger: createLedger(state, without) }
  const { ledger } = ground
  const look = (pod: PodToPlace): ReadonlyMap<string, Refusal | undefined> => {
    const [spread, apart] = [spreadFilter(pod, ground), apartFilter(pod, ground)]
    return new Map([...nodes].map(([name, node]) =>
      [name, nodeRefusal(pod, node) ?? resourceRefusal(pod, node, ledger) ?? apart(node) ?? spread(node)]))
  }
  const put = ({ namespace, labels, requests, hostPorts }: PodToPlace, node: string): void =>
    ledger.put({ namespace, labels, requests, hostPorts, node, isLeaving: false })
  return {
    look, put,
    capacities: pod => new Map([...nodes].map(([name, node]) =>
      [name, nodeRefusal(pod, node) === undefined ? capacityOf(pod, node, ledger) : 0])),
    place(pod) {
      const open = [...look(pod)].flatMap(([name, refusal]) => refusal === undefined ? [name] : [])
      const node = best(open, pod, ground)
      if (node !== undefined) put(pod, node)
      return node
    },
  }
}

function best(names: readonly string[], pod: PodToPlace, { nodes, ledger }: Ground): string | undefined {
  const alike = new Map<string, number>()
  const own = Object.entries(pod.labels).map(([key, value]): Requirement => ({ key, operator: 'In', values: [value] }))
  for (const { labels, node, isLeaving } of ledger.standing(pod.namespace)) {
    if (!isLeaving && matchesLabels(own, labels)) alike.set(node, (alike.get(node) ?? 0) + 1)
  }
  const left = (node: SurveyedNode): number => Math.min(...['cpu', 'memory'].flatMap(resource => {
    const all = node.allocatable[resource] ?? 0
    return all > 0 ? [freeOn(ledger, node, resource) / all] : []
  }), 1)
  const ranked = names.flatMap(name => {
    const node = nodes.get(name)
    return node === undefined ? [] : [{ name, alike: alike.get(name) ?? 0, left: left(node) }]
  })
  return ranked.toSorted((a, b) => a.alike - b.alike || b.left - a.left)[0]?.name
}
