import { admissionAnnotation, deletionCostAnnotation, distributorLabel, groupLabel, seatAnnotation } from '../keys.ts'
import { setEntries, type PatchOperation } from './patch-operation.ts'
import type { Pod } from '../pod.ts'

/** What all annotations of one object may have together, in bytes (apimachinery `TotalAnnotationSizeLimitB`). */
const annotationLimit = 262_144

/** Deletion costs count down from here with the seat, so that pods without one, whose cost is 0, go first. */
const highestCost = 1_000_000_000

export interface Placed {
  readonly distributor: string
  readonly group: string
  readonly seat: number
  /** The uid of the AdmissionReview. */
  readonly admission: string
}

/**
 * Writes on the pod where it was placed: its distributor and group as labels; its seat, the review and, for a pod of a
 * ReplicaSet, the deletion cost as annotations. Undefined when the annotations would have more bytes than the API server
 * allows. A deletion cost of the user's own stays.
 */
export function markPatch(pod: Pod, { distributor, group, seat, admission }: Placed): PatchOperation[] | undefined {
  const hasOwnCost = pod.annotations !== undefined && Object.hasOwn(pod.annotations, deletionCostAnnotation)
  const annotations = {
    [seatAnnotation]: String(seat),
    [admissionAnnotation]: admission,
    ...(pod.owner?.kind === 'ReplicaSet' && !hasOwnCost ? { [deletionCostAnnotation]: String(highestCost - seat) } : {}),
  }
  if (exceedsLimit({ ...pod.annotations, ...annotations })) return undefined
  return [
    ...setEntries('/metadata/labels', pod.labels !== undefined, { [distributorLabel]: distributor, [groupLabel]: group }),
    ...setEntries('/metadata/annotations', pod.annotations !== undefined, annotations),
  ]
}

/** A UTF-16 unit is at most three bytes of UTF-8, so only what might be too long is measured exactly. */
function exceedsLimit(annotations: Readonly<Record<string, string>>): boolean {
  let units = 0
  for (const key of Object.keys(annotations)) units += key.length + (annotations[key]?.length ?? 0)
  if (units * 3 <= annotationLimit) return false
  const encoder = new TextEncoder()
  const bytes = Object.entries(annotations).reduce((sum, [key, value]) => sum + encoder.encode(key + (value ?? '')).length, 0)
  return bytes > annotationLimit
}
