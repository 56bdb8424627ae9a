import type { FoundPod } from '../placement/adoption.ts'
import type { LabelEvidence } from '../placement/label-evidence.ts'
import { skipLabelled } from '../placement/scope.ts'

/**
 * Whether the labels that pods carry may be changed, so that no owner ever loses more than one pod by it (`placement/label-evidence.ts`).
 */
export interface Relabelling {
  /**
   * `wait`: another pod of its owner was tried, and has not been seen since. `unknown`: not all pods of the namespace were seen.
   * Of the pods of an owner, `try` is said once.
   */
  readonly judge: (found: FoundPod, evidence: LabelEvidence | undefined) => 'ours' | 'try' | 'wait' | 'unknown' | 'theirs'
  /** A pod that was to be tried was not patched after all. */
  readonly untried: (found: FoundPod) => void
  /** Whether the pod of this owner was tried a moment ago. */
  readonly isTrying: (found: FoundPod) => boolean
}

/** Milliseconds within which a pod that was tried is seen again, by a list of all pods. */
const seenWithin = 15_000
/** So many owners are remembered, the latest: none but those whose pods carry labels of a distributor or a group that is gone. */
const mostOwners = 10_000

/** @param now milliseconds */
export function createRelabelling(now: () => number): Relabelling {
  /** By the owner's uid: when a pod of it was tried, for as long as this replica leads. */
  const tried = new Map<string, number>()
  return {
    judge(found, evidence) {
      if (skipLabelled(found.pod) === undefined) return 'ours'
      const labels = evidence?.of(found) ?? 'unknown'
      if (labels !== 'likely') return labels
      if (tried.has(ownerOf(found))) return 'wait'
      tried.set(ownerOf(found), now())
      const [oldest] = tried.keys()
      if (tried.size > mostOwners && oldest !== undefined) tried.delete(oldest)
      return 'try'
    },
    untried: found => void tried.delete(ownerOf(found)),
    isTrying: found => now() - (tried.get(ownerOf(found)) ?? -Infinity) < seenWithin,
  }
}

function ownerOf({ pod: { owner } }: FoundPod): string {
  return owner?.uid ?? ''
}
