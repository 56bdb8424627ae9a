import { createByDistributor, type ByDistributor } from './by-distributor.ts'
import type { RevisionTable } from './revision-table.ts'
import type { PlacedPod, Revision } from './revision.ts'

/** Whether a pod is Ready. */
export interface Readiness {
  readonly uid: string
  readonly ready: boolean
}

/** The pods that the watch shows, each in its revision. */
export interface SeatedPods {
  readonly apply: (pod: PlacedPod) => void
  readonly remove: (uid: string) => void
  /** Notes whether a pod is Ready, before or after the pod itself is known; undefined: it is gone. */
  readonly noteReady: (uid: string, ready: boolean | undefined) => void
  /** As a list of all shows it: what was noted before of pods that are not known is forgotten. */
  readonly replaceReady: (all: Iterable<Readiness>) => void
  readonly uids: () => Iterable<string>
  readonly size: () => number
  readonly byDistributor: ByDistributor
}

export function createSeatedPods(table: Pick<RevisionTable, 'of'>): SeatedPods {
  const revisionOf = new Map<string, Revision>()
  const byDistributor = createByDistributor()
  /** Whether pods are Ready that are not known yet: another watch says so, and may be ahead. */
  const early = new Map<string, boolean>()

  const removeFrom = (revision: Revision | undefined, uid: string): void => {
    const pod = revision?.remove(uid)
    if (revision !== undefined && pod !== undefined) byDistributor.remove(revision.namespace, pod.distributor, revision)
  }
  const noteReady = (uid: string, ready: boolean): void => {
    const revision = revisionOf.get(uid)
    const distributor = revision?.noteReady(uid, ready)
    if (revision !== undefined && distributor !== undefined) byDistributor.touch(revision.namespace, distributor)
    if (revision === undefined) early.set(uid, ready)
  }
  return {
    byDistributor,
    apply(pod) {
      const revision = table.of(pod.namespace, pod.owner)
      const before = revisionOf.get(pod.uid)
      if (before !== undefined && before !== revision) removeFrom(before, pod.uid)
      revisionOf.set(pod.uid, revision)
      const known = revision.apply(pod)
      if (known !== undefined) byDistributor.remove(pod.namespace, known.distributor, revision)
      byDistributor.add(pod.namespace, pod.distributor, revision)
      const ready = early.get(pod.uid)
      if (ready === undefined) return
      early.delete(pod.uid)
      noteReady(pod.uid, ready)
    },
    remove(uid) {
      removeFrom(revisionOf.get(uid), uid)
      revisionOf.delete(uid)
      early.delete(uid)
    },
    noteReady(uid, ready) {
      if (ready === undefined) early.delete(uid)
      else noteReady(uid, ready)
    },
    replaceReady(all) {
      early.clear()
      for (const { uid, ready } of all) noteReady(uid, ready)
    },
    uids: () => revisionOf.keys(),
    size: () => revisionOf.size,
  }
}
