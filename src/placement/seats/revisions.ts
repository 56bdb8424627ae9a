import { createRevision, type PlacedPod, type Revision } from './revision.ts'

/** Every revision, found by namespace and owner's uid: all pods that count and all reservations. */
export interface Revisions {
  /** Everything there is, as a first or a repeated list shows it. */
  readonly replace: (pods: Iterable<PlacedPod>) => void
  readonly apply: (pod: PlacedPod) => void
  readonly remove: (uid: string) => void
  readonly of: (namespace: string, owner: string) => Revision
  /** Ends the reservations that the watch has left behind (see `expiredReservations`) and forgets revisions left empty. */
  readonly expire: (progress: number, capped: boolean) => void
  readonly size: () => { readonly pods: number, readonly reservations: number }
}

export function createRevisions(): Revisions {
  const revisions = new Map<string, Map<string, Revision>>()
  const revisionOf = new Map<string, Revision>()
  const of = (namespace: string, owner: string): Revision => {
    const known = revisions.get(namespace)?.get(owner)
    if (known !== undefined) return known
    const fresh = createRevision(owner)
    const owners = revisions.get(namespace) ?? new Map<string, Revision>()
    revisions.set(namespace, owners.set(owner, fresh))
    return fresh
  }
  const remove = (uid: string): void => {
    revisionOf.get(uid)?.remove(uid)
    revisionOf.delete(uid)
  }
  const apply = (pod: PlacedPod): void => {
    const revision = of(pod.namespace, pod.owner)
    const before = revisionOf.get(pod.uid)
    if (before !== undefined && before !== revision) before.remove(pod.uid)
    revisionOf.set(pod.uid, revision)
    revision.apply(pod)
  }
  return {
    apply,
    remove,
    of,
    replace(pods) {
      const gone = new Set(revisionOf.keys())
      for (const pod of pods) {
        apply(pod)
        gone.delete(pod.uid)
      }
      for (const uid of gone) remove(uid)
    },
    expire(progress, capped) {
      for (const [namespace, owners] of revisions) {
        for (const [owner, revision] of owners) {
          revision.expire(progress, capped)
          const { pods, reservations } = revision.size()
          if (pods + reservations === 0) owners.delete(owner)
        }
        if (owners.size === 0) revisions.delete(namespace)
      }
    },
    size: () => ({
      pods: revisionOf.size,
      reservations: revisions.values().flatMap(owners => owners.values()).reduce((sum, one) => sum + one.size().reservations, 0),
    }),
  }
}
