import type { Recommendation } from '../../src/survey/recommend/recommendation.ts'
import type { NodeWish } from './advice-nodes.ts'

export const hostname = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'

/** How a workload came to stand, and what is to be recommended for it. */
export interface Situation {
  readonly name: string
  readonly plot: string
  readonly kind?: 'Deployment' | 'StatefulSet' | 'ReplicaSet'
  readonly replicas: number
  readonly pod?: object
  /** Those that are there when its pods come; `isCordoned` ones take none then, and are uncordoned afterwards. */
  readonly nodes: readonly NodeWish[]
  readonly later?: readonly NodeWish[]
  readonly topology?: string
  /** On which node a pod of others takes how much. */
  readonly filler?: Readonly<Record<string, string>>
  /** Node by node: labels of a pod of nobody's there, in the workload's namespace. */
  readonly others?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Pods that a PodDisruptionBudget wants of it. */
  readonly needed?: number
  /** Cordoned afterwards, and for good. */
  readonly cordoned?: string
  readonly change: 'patch' | 'distributor' | 'restart'
  readonly promise: Recommendation['promise']
}

export const host = (name: string, more: Partial<NodeWish> = {}): NodeWish => ({ name, ...more })
const inZone = (name: string, value: string, more: Partial<NodeWish> = {}): NodeWish => host(name, { labels: { [zone]: value }, ...more })
const spot = (name: string, value: string, more: Partial<NodeWish> = {}): NodeWish => host(name, { labels: { 'karpenter.sh/capacity-type': value }, ...more })
export const closed = { isCordoned: true }
export const own = { labelSelector: { matchLabels: { app: 'web' } } }
/** Not the workload's pods alone. */
export const anyApp = { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }
export const survives = (domains: number): NonNullable<Recommendation['promise']> => ({ nodes: { domains, untilNone: domains - 1 } })

export const situations: readonly Situation[] = [
  {
    name: 'two nodes when it came, six now', plot: 'few', replicas: 5, nodes: [host('a'), host('b')],
    later: [host('c'), host('d'), host('e'), host('f')], change: 'patch', promise: survives(5),
  },
  {
    name: 'the others were cordoned when it came', plot: 'cordon', replicas: 7, nodes: [host('a'), host('b', closed), host('c', closed)],
    change: 'patch', promise: survives(3),
  },
  {
    name: 'one is cordoned still', plot: 'closed', replicas: 4, nodes: [host('a'), host('b', closed), host('c', closed)], cordoned: 'b',
    change: 'patch', promise: survives(2),
  },
  {
    name: 'in one zone of three, and zones are asked for', plot: 'zones', replicas: 4, topology: zone,
    nodes: [inZone('a', 'x'), inZone('b', 'x'), ...['c', 'd'].map(name => inZone(name, 'y', closed)), ...['e', 'f'].map(name => inZone(name, 'z', closed))],
    change: 'patch', promise: { nodes: { domains: 4, untilNone: 3 }, topology: { key: zone, domains: 3, untilNone: 2 } },
  },
  {
    name: 'zones of different sizes, as many pods as zones', plot: 'uneven', replicas: 2, topology: zone,
    nodes: [inZone('a', 'x'), inZone('b', 'x', closed), inZone('c', 'x', closed), inZone('d', 'y', closed)],
    change: 'patch', promise: { nodes: { domains: 2, untilNone: 1 }, topology: { key: zone, domains: 2, untilNone: 1 } },
  },
  {
    name: 'nodes with a taint that it does not tolerate', plot: 'taint', replicas: 6,
    nodes: [host('a'), host('b', closed), ...['c', 'd'].map(name => host(name, { taints: [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }] }))],
    change: 'patch', promise: survives(2),
  },
  {
    name: 'a full node, and no more pods than others have room for', plot: 'full', replicas: 2, filler: { c: '15900m' },
    nodes: [host('a'), host('b', closed), host('c', closed)], change: 'patch', promise: survives(2),
  },
  {
    name: 'a full node, and more pods than that: a wish, and no promise', plot: 'tight', replicas: 5, filler: { c: '15900m' },
    nodes: [host('a'), host('b', closed), host('c', closed)], change: 'patch', promise: undefined,
  },
  {
    name: 'a StatefulSet', plot: 'set', kind: 'StatefulSet', replicas: 5, nodes: [host('a'), host('b', closed), host('c', closed)],
    change: 'patch', promise: survives(3),
  },
  {
    name: 'a ReplicaSet of its own, whose pods are deleted one after another', plot: 'replicaset', kind: 'ReplicaSet', replicas: 4,
    nodes: [host('a'), host('b', closed), host('c', closed)], change: 'patch', promise: survives(3),
  },
  {
    name: 'its selector matches a pod of nobody: no promise', plot: 'nobody', replicas: 4, others: { b: { app: 'web' } },
    nodes: [host('a'), host('b', closed), host('c', closed)], change: 'patch', promise: undefined,
  },
  {
    name: 'a wish of its own that counts pods of others, too', plot: 'wish', replicas: 4,
    nodes: [host('a'), host('b', closed), host('c', closed)], others: { b: { app: 'other' } },
    pod: { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway', ...anyApp }] },
    change: 'patch', promise: survives(3),
  },
  {
    name: 'a budget', plot: 'budget', replicas: 6, nodes: [host('a'), host('b', closed), host('c', closed)], needed: 4,
    change: 'patch', promise: { nodes: { domains: 3, untilNone: 2, untilTooFew: { least: 4, by: 'PodDisruptionBudget web', losses: 1 } } },
  },
  {
    name: 'a StatefulSet that asks for it already', plot: 'set-asks', kind: 'StatefulSet', replicas: 4,
    nodes: [host('a'), host('b', closed), host('c', closed)],
    pod: { topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor', ...own },
    ] },
    change: 'restart', promise: survives(3),
  },
  {
    name: 'constraints of its own stay as they are', plot: 'own', replicas: 4, nodes: [inZone('a', 'x'), inZone('b', 'y', closed), inZone('c', 'y', closed)],
    pod: { topologySpreadConstraints: [
      { maxSkew: 3, topologyKey: zone, whenUnsatisfiable: 'ScheduleAnyway', ...own }, { maxSkew: 2, topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway', ...own },
    ] },
    change: 'patch', promise: survives(3),
  },
  {
    name: 'it asks for all that already', plot: 'asks', replicas: 4, nodes: [host('a'), host('b', closed), host('c', closed)],
    pod: { topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor', matchLabelKeys: ['pod-template-hash'], ...own },
    ] },
    change: 'restart', promise: survives(3),
  },
  {
    name: 'spot nodes and others', plot: 'groups', replicas: 6,
    nodes: [spot('a', 'on-demand'), ...['b', 'c'].map(name => spot(name, 'on-demand', closed)), ...['d', 'e', 'f'].map(name => spot(name, 'spot', closed))],
    change: 'distributor', promise: survives(6),
  },
]
