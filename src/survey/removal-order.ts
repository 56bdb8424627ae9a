/**
 * Which pods the ReplicaSet controller removes: kube-controller-manager 1.36, `pkg/controller/controller_utils.go`
 * (`ActivePodsWithRanks`) and `pkg/controller/replicaset/replica_set.go` (`getPodsToDelete`).
 */

/** An active pod (neither ended nor being deleted), as far as the controller looks at it. Times are milliseconds since 1970. */
export interface ControlledPod {
  readonly uid: string
  readonly name: string
  readonly created: number
  readonly ready: boolean
  /** lastTransitionTime of the condition Ready; undefined where it says none. */
  readonly readySince: number | undefined
  /** Undefined: not scheduled. */
  readonly node: string | undefined
  readonly phase: 'Pending' | 'Unknown' | 'Running'
  /** The annotation controller.kubernetes.io/pod-deletion-cost; undefined where there is none or it is no int32, which is the same as 0. */
  readonly cost: number | undefined
  /** The most restarts that one of its containers has. */
  readonly restarts: number
  /** The same of its restartable init containers; 0 when absent. */
  readonly sidecarRestarts?: number
}

/**
 * The pods that go when a ReplicaSet has `count` too many, in the order that the controller puts them in (`getPodsToDelete`).
 * Where it has no opinion, the earlier in `pods` goes first; the real one does not say (`sort.Sort` is not stable): see `mayRemove`.
 *
 * @param related all pods of all ReplicaSets of the same Deployment, active ones only, `pods` included
 */
export function podsToDelete<P extends ControlledPod>(
  pods: readonly P[], count: number, now: number, related: readonly ControlledPod[] = pods,
): readonly P[] {
  if (count >= pods.length) return pods
  const ranks = countByNode(related)
  return pods.toSorted((a, b) => compareForDeletion(a, b, ranks, now)).slice(0, count)
}

/** Whether the controller may have removed just these: none of those that stay would have gone before one of them. */
export function mayRemove(
  pods: readonly ControlledPod[], removed: ReadonlySet<string>, now: number, related: readonly ControlledPod[] = pods,
): boolean {
  const ranks = countByNode(related)
  const [gone, kept] = [pods.filter(({ uid }) => removed.has(uid)), pods.filter(({ uid }) => !removed.has(uid))]
  return gone.length === removed.size && gone.every(one => kept.every(other => compareForDeletion(one, other, ranks, now) <= 0))
}

/** How many active pods of the Deployment each node has; those that are not scheduled count as being on one node (`podsOnNode['']`). */
function countByNode(related: readonly ControlledPod[]): ReadonlyMap<string | undefined, number> {
  const counts = new Map<string | undefined, number>()
  for (const { node } of related) counts.set(node, (counts.get(node) ?? 0) + 1)
  return counts
}

const phases = { Pending: 0, Unknown: 1, Running: 2 }

/** Below 0: `a` goes before `b`. The rules are numbered as in `ActivePodsWithRanks.Less`. */
function compareForDeletion(
  a: ControlledPod, b: ControlledPod, ranks: ReadonlyMap<string | undefined, number>, now: number,
): number {
  // 1. Unassigned before assigned. 2. Pending, unknown, running. 3. Not ready before ready.
  if ((a.node === undefined) !== (b.node === undefined)) return a.node === undefined ? -1 : 1
  if (a.phase !== b.phase) return phases[a.phase] - phases[b.phase]
  if (a.ready !== b.ready) return a.ready ? 1 : -1
  // 4. The lower deletion cost. 5. More pods of the Deployment on its node.
  if ((a.cost ?? 0) !== (b.cost ?? 0)) return (a.cost ?? 0) - (b.cost ?? 0)
  const doubled = (ranks.get(b.node) ?? 0) - (ranks.get(a.node) ?? 0)
  if (doubled !== 0) return doubled
  // 6. Ready for a shorter time.
  if (a.ready && a.readySince !== b.readySince) return compareTimes(a, b, a.readySince, b.readySince, now)
  // 7. More restarts; then those of sidecars. 8. Created later.
  if (a.restarts !== b.restarts) return b.restarts - a.restarts
  const sidecars = (b.sidecarRestarts ?? 0) - (a.sidecarRestarts ?? 0)
  if (sidecars !== 0) return sidecars
  return a.created === b.created ? 0 : compareTimes(a, b, a.created, b.created, now)
}

/** The later first, by the logarithm of their age (LogarithmicScaleDown); of those alike, the lesser uid. No time at all is the latest. */
function compareTimes(a: ControlledPod, b: ControlledPod, timeA: number | undefined, timeB: number | undefined, now: number): number {
  if (timeA === undefined || timeB === undefined) return timeA === undefined ? -1 : 1
  const difference = logarithmOf(now - timeA) - logarithmOf(now - timeB)
  return difference === 0 ? (a.uid < b.uid ? -1 : 1) : difference
}

/** The whole part of log₂ of an age in nanoseconds; −1 for what is not past. */
function logarithmOf(milliseconds: number): number {
  return milliseconds <= 0 ? -1 : (BigInt(milliseconds) * 1_000_000n).toString(2).length - 1
}
