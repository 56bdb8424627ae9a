import { createRevision, type Revision } from './revision.ts'

/**
 * Revisions of pods that no watch shows here: nothing tells when a pod is gone, so each counts on and on, as though its workload had only
 * grown. Memory is bounded.
 */
export interface BlindRevisions {
  /** The same one again; one that has become too large, or was forgotten, begins anew at seat 0: its shares stay right. */
  readonly of: (namespace: string, owner: string) => Revision
  readonly all: () => Iterable<Revision>
}

/** So many pods a revision counts before it begins anew. Each time adds the error of one more race: less than one pod in so many. */
export const mostPods = 10_000
/** So many pods are counted in all, about 10 MB; of more, the revisions unused for longest are forgotten. */
export const mostAtAll = 50_000
/** A revision costs as much memory as so many of its pods. */
export const revisionWeight = 20

interface Counted {
  readonly revision: Revision
  /** What was added to the total for it. */
  readonly weight: number
}

export function createBlindRevisions(): BlindRevisions {
  /** The one used last comes last. */
  const counted = new Map<string, Counted>()
  let total = 0

  const forget = (key: string): void => {
    total -= counted.get(key)?.weight ?? 0
    counted.delete(key)
  }
  const remember = (key: string, revision: Revision): void => {
    forget(key)
    const weight = revision.size().reservations + revisionWeight
    total += weight
    counted.set(key, { revision, weight })
    for (const [oldest] of counted) {
      if (total <= mostAtAll) break
      forget(oldest)
    }
  }
  return {
    of(namespace, owner) {
      const key = `${namespace}/${owner}`
      const known = counted.get(key)?.revision
      const revision = known !== undefined && known.size().reservations < mostPods ? known : createRevision(owner, namespace)
      remember(key, revision)
      return revision
    },
    all: () => counted.values().map(({ revision }) => revision),
  }
}
