import type { SpreadConstraint } from '../distributor/distributor.ts'
import { distributorLabel, groupLabel } from '../keys.ts'
import { hostname, zone } from '../nodes/known-labels.ts'
import type { Pod, SpreadIdentity } from '../pod.ts'
import { append, type PatchOperation } from './patch-operation.ts'

/** Labels that tell the revisions of one workload apart, as its controller sets them; the first that the pod has is used. */
const revisionLabels = [
  'pod-template-hash', 'rollouts-pod-template-hash', 'controller-revision-hash', 'batch.kubernetes.io/controller-uid',
] as const

/**
 * Spreads the pods of one group over its hosts, and over zones where every node of the group has one (a node without the
 * key switches soft spreading off). Each constraint counts the pods of this distributor, group and revision only: groups
 * that share a selector would spoil each other's skew. A {topologyKey, whenUnsatisfiable} that the pod has already is left
 * alone: the API server refuses a pod that has one twice.
 */
export function spreadPatch(
  pod: Pod, placed: { readonly distributor: string, readonly group: string },
  spread: readonly SpreadConstraint[] | undefined, everyNodeHasZone: boolean,
): PatchOperation[] {
  const wanted = spread ?? (everyNodeHasZone ? [soft(hostname), soft(zone)] : [soft(hostname)])
  const present = pod.spread ?? []
  const labelSelector = { matchLabels: { [distributorLabel]: placed.distributor, [groupLabel]: placed.group } }
  const revision = revisionLabels.find(label => pod.labels !== undefined && Object.hasOwn(pod.labels, label))
  const constraints = wanted.filter(constraint => !present.some(own => isSame(own, constraint))).map(constraint => ({
    ...constraint,
    labelSelector,
    ...(constraint.matchLabelKeys === undefined && revision !== undefined ? { matchLabelKeys: [revision] } : {}),
  }))
  return append('/spec/topologySpreadConstraints', pod.spread !== undefined, constraints)
}

function soft(topologyKey: string): SpreadConstraint {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', nodeTaintsPolicy: 'Honor' }
}

function isSame(a: SpreadIdentity, b: SpreadIdentity): boolean {
  return a.topologyKey === b.topologyKey && a.whenUnsatisfiable === b.whenUnsatisfiable
}
