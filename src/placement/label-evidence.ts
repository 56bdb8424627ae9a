import type { FoundPod } from './adoption.ts'
import { admissionAnnotation } from './keys.ts'
import { skipLabelled } from './scope.ts'
import { adoptedAt } from './seats/adoption-text.ts'

/**
 * Whether the labels that a pod carries may be changed. `ours`: they may. `likely`: they may be changed on one pod of its owner, to see
 * whether the owner keeps it. `theirs`: the pod's template sets them, for all that is known.
 */
export type Labels = 'ours' | 'likely' | 'theirs'

/**
 * What all pods of a namespace tell of where labels come from. The label of a pod whose controller selects by it must not be changed: the
 * pod loses its owner, which makes another, without end (3 replicas became 693 pods in 4 s). Such a template may have been copied from a
 * running pod, annotations and all. So Versprei takes labels for its own
 *
 * - of a pod that says it was adopted, by its own uid: no template can have foreseen that;
 * - of a pod that names the review which placed it, where no other pod names the same one (copies share it), and where its owner is known
 *   to keep pods whose labels are changed: it has one that was adopted a while ago.
 *
 * Where no such pod is there, one is tried, and the others wait for it. One that loses its owner stays in the namespace, with its own uid
 * in its annotation and its owner's `generateName`: as long as it is there nobody tries a second, whoever leads.
 */
export interface LabelEvidence {
  /** Every pod of the namespace, before anything is asked. */
  readonly see: (found: FoundPod) => void
  readonly of: (found: FoundPod) => Labels
}

/** Milliseconds after which an owner that is going to let go of a pod has done so. */
const settledAfter = 3000

/** @param now milliseconds since 1970 */
export function createLabelEvidence(now: number): LabelEvidence {
  const admissions = new Map<string, number>()
  const keepers = new Set<string>()
  const lost = new Set<string>()
  return {
    see({ uid, generateName, pod: { owner, annotations } }) {
      const admission = annotations?.[admissionAnnotation]
      if (admission === undefined) return
      admissions.set(admission, (admissions.get(admission) ?? 0) + 1)
      const adopted = adoptedAt(admission, uid)
      if (typeof adopted !== 'number') return
      if (owner === undefined) {
        if (generateName !== undefined) lost.add(generateName)
      } else if (now - adopted >= settledAfter) keepers.add(owner.uid)
    },
    of(found) {
      const { uid, generateName, pod } = found
      if (skipLabelled(pod) === undefined) return 'ours'
      const admission = pod.annotations?.[admissionAnnotation]
      if (admission === undefined) return 'theirs'
      const adopted = adoptedAt(admission, uid)
      if (adopted !== undefined) return adopted === 'other' ? 'theirs' : 'ours'
      if ((admissions.get(admission) ?? 0) !== 1) return 'theirs'
      if (keepers.has(pod.owner?.uid ?? '')) return 'ours'
      return generateName !== undefined && lost.has(generateName) ? 'theirs' : 'likely'
    },
  }
}
