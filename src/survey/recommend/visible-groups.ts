import type { SurveyedNode } from '../cluster-state.ts'

/** A group of nodes that can be told by a label, as an entry of a PodDistributor's distribution. */
export interface VisibleGroup {
  readonly name: string
  readonly selects: Readonly<Record<string, unknown>>
  readonly nodes: readonly SurveyedNode[]
}

/**
 * Values that say a node may be taken away at any time: of karpenter.sh/capacity-type, eks.amazonaws.com/capacityType,
 * cloud.google.com/gke-provisioning, kubernetes.azure.com/scalesetpriority, and of labels that people give themselves.
 */
const fleeting = /^(?:spot|preemptible)$/iu
/** Keys that say so with the value "true": cloud.google.com/gke-spot, cloud.google.com/gke-preemptible. */
const fleetingKey = /(?:^|[-/.])(?:spot|preemptible)$/iu

/**
 * Nodes that may be taken away and all others, where a label tells them apart; undefined where none does. Of several labels it is the one
 * with which most nodes are labelled, then the first by name.
 */
export function visibleGroups(nodes: readonly SurveyedNode[]): readonly [regular: VisibleGroup, spot: VisibleGroup] | undefined {
  const pairs = nodes.flatMap(({ labels }) => Object.entries(labels)).filter(([key, value]) => isFleeting(key, value))
  const keys = [...new Map(pairs).entries()]
  const best = keys.map(([key, value]) => ({ key, value, many: nodes.filter(({ labels }) => Object.hasOwn(labels, key)).length }))
    .toSorted((a, b) => b.many - a.many || (a.key < b.key ? -1 : 1))[0]
  if (best === undefined) return undefined
  const { key, value } = best
  const [spot, regular] = [nodes.filter(({ labels }) => labels[key] === value), nodes.filter(({ labels }) => labels[key] !== value)]
  if (regular.length === 0) return undefined
  return [
    { name: 'regular', selects: otherThan(key, value, regular), nodes: regular },
    { name: 'spot', selects: { nodeLabel: { [key]: value } }, nodes: spot },
  ]
}

function isFleeting(key: string, value: string): boolean {
  return fleeting.test(value) || (value === 'true' && fleetingKey.test(key))
}

/** By the value that all others have in common; where they have none, by not having that one. */
function otherThan(key: string, value: string, regular: readonly SurveyedNode[]): Readonly<Record<string, unknown>> {
  const values = new Set(regular.map(({ labels }) => Object.hasOwn(labels, key) ? labels[key] : undefined))
  const [only] = values
  return values.size === 1 && only !== undefined
    ? { nodeLabel: { [key]: only } } : { matchExpressions: [{ key, operator: 'NotIn', values: [value] }] }
}
