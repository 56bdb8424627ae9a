import type { Owner } from '../pod.ts'

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
