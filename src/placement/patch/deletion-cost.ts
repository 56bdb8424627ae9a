import { deletionCostAnnotation, seatAnnotation } from '../keys.ts'
import type { Owner, Pod } from '../pod.ts'
import { readSeat } from '../seats/seat-text.ts'

/** Deletion costs count down from here with the seat, so that pods without one, whose cost is 0, go first. */
const highestCost = 1_000_000_000

/** The deletion cost of the pod on this seat, as its annotation says it: a plain int32. */
export function costOf(seat: number): string {
  return String(highestCost - seat)
}

/** ReplicaSets, and ReplicationControllers, which the same code scales in (kube-controller-manager `replicaset.getPodsToDelete`). */
export function goesByCost(owner: Owner | undefined): boolean {
  return (owner?.group === 'apps' && owner.kind === 'ReplicaSet') || (owner?.group === '' && owner.kind === 'ReplicationController')
}

/**
 * Whether the pod has the deletion cost of the seat that it says it has: Versprei wrote it, on this pod or on the one its template was
 * copied from.
 */
export function hasSeatCost({ annotations }: Pick<Pod, 'annotations'>): boolean {
  if (annotations === undefined) return false
  if (!Object.hasOwn(annotations, deletionCostAnnotation) || !Object.hasOwn(annotations, seatAnnotation)) return false
  const seat = readSeat(annotations[seatAnnotation])
  return seat !== undefined && annotations[deletionCostAnnotation] === costOf(seat)
}

/** Whether a deletion cost of the user's own decides when this pod goes, instead of its seat. */
export function hasOwnCost(pod: Pod): boolean {
  return goesByCost(pod.owner) && Object.hasOwn(pod.annotations ?? {}, deletionCostAnnotation) && !hasSeatCost(pod)
}
