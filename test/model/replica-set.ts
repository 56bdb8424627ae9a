/** How the ReplicaSet controller creates pods: kube-controller-manager 1.36, `pkg/controller/replicaset/replica_set.go` (`manageReplicas`). */

/** Of pods of `manageReplicas`, no more than this are created, or deleted, in one sync (`BurstReplicas`). */
export const burst = 500

/** The sizes of the batches in which `count` pods are created, as long as all of a batch are (`slowStartBatch`): 1, 2, 4 … */
export function slowStart(count: number): readonly number[] {
  const batches: number[] = []
  for (let left = Math.min(count, burst), next = 1; left > 0; next *= 2) {
    const batch = Math.min(next, left)
    batches.push(batch)
    left -= batch
  }
  return batches
}
