import { admissionAnnotation, distributorLabel, groupLabel, seatAnnotation } from '../keys.ts'
import type { Pod } from '../pod.ts'
import { add, type PatchOperation } from './patch-operation.ts'

const ours: ReadonlySet<string> = new Set([seatAnnotation, admissionAnnotation])

/**
 * Takes the seat off a pod that comes with one and is not placed. Its labels stay, since a controller may select by them; without the
 * annotations they mean nothing. Whoever may create pods could otherwise sit on any seat of a workload in that namespace.
 */
export function disownPatch({ labels = {}, annotations = {} }: Pod): readonly PatchOperation[] {
  if (!Object.hasOwn(labels, distributorLabel) || !Object.hasOwn(labels, groupLabel)) return []
  if (!ours.values().some(key => Object.hasOwn(annotations, key))) return []
  // The whole map anew: of a patch that removes, the API server would want that the key is there.
  return [add('/metadata/annotations', Object.fromEntries(Object.entries(annotations).filter(([key]) => !ours.has(key))))]
}
