import { mayRemove, type ControlledPod } from '../../src/survey/removal-order.ts'

/**
 * Whether the ReplicaSet controller may have removed just these, where no costs tell every pod from every other. What it sorts by is no
 * order then: pods that are Ready since the same second are alike, but of others whose age has the same logarithm the lesser uid goes
 * first, so three pods may each come before the next (measured: in 4 of 39 scale-ins such a circle lies across the cut). In what comes
 * out of such a sort a chain leads from each pod to every later one, of which each may stand before the next: that is looked for.
 */
export function couldRemove(pods: readonly ControlledPod[], removed: ReadonlySet<string>, now: number): boolean {
  const mayPrecede = (a: ControlledPod, b: ControlledPod): boolean => mayRemove([a, b], new Set([a.uid]), now, pods)
  const followers = new Map(pods.map(one => [one, pods.filter(other => other !== one && mayPrecede(one, other))]))
  const kept = new Set(pods.filter(({ uid }) => !removed.has(uid)))
  return kept.size === pods.length - removed.size && pods.every(one => {
    if (kept.has(one)) return true
    const reached = new Set([one])
    // A set gives also what is added to it on the way.
    for (const next of reached) for (const other of followers.get(next) ?? []) reached.add(other)
    return kept.isSubsetOf(reached)
  })
}
