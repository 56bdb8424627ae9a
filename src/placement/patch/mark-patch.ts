import { admissionAnnotation, deletionCostAnnotation, distributorLabel, groupLabel, seatAnnotation } from '../keys.ts'
import { costOf, goesByCost, hasOwnCost } from './deletion-cost.ts'
import { entryOf, setEntries, type Entry, type PatchOperation } from './patch-operation.ts'
import type { Pod } from '../pod.ts'

/** What all annotations of one object may have together, in bytes (apimachinery `TotalAnnotationSizeLimitB`). */
const annotationLimit = 262_144

const distributorEntry = entryOf('/metadata/labels', distributorLabel)
const groupEntry = entryOf('/metadata/labels', groupLabel)
const seatEntry = entryOf('/metadata/annotations', seatAnnotation)
const admissionEntry = entryOf('/metadata/annotations', admissionAnnotation)
const costEntry = entryOf('/metadata/annotations', deletionCostAnnotation)

export interface Placed {
  readonly distributor: string
  readonly group: string
  readonly seat: number
  /** The uid of the AdmissionReview. */
  readonly admission: string
}

/**
 * Writes on the pod where it was placed: its distributor and group as labels; its seat, the review and, where its controller
 * goes by it, the deletion cost as annotations. Undefined when the annotations would have more bytes than the API server
 * allows. A deletion cost of the user's own stays.
 */
export function markPatch(pod: Pod, { distributor, group, seat, admission }: Placed): PatchOperation[] | undefined {
  const labels = [[distributorEntry, distributor], [groupEntry, group]] as const
  const annotations: (readonly [Entry, string])[] = [[seatEntry, String(seat)], [admissionEntry, admission]]
  if (goesByCost(pod.owner) && !hasOwnCost(pod)) annotations.push([costEntry, costOf(seat)])
  if (exceedsLimit(pod.annotations ?? {}, annotations)) return undefined
  return [
    ...setEntries('/metadata/labels', pod.labels !== undefined, labels),
    ...setEntries('/metadata/annotations', pod.annotations !== undefined, annotations),
  ]
}

/**
 * A UTF-16 unit is at most three bytes of UTF-8, so only what might be too long is measured exactly. Ours replace those of the same key.
 */
function exceedsLimit(own: Readonly<Record<string, string>>, ours: readonly (readonly [Entry, string])[]): boolean {
  let units = 0
  for (const key of Object.keys(own)) units += key.length + (own[key]?.length ?? 0)
  for (const [{ key }, value] of ours) units += key.length + value.length
  if (units * 3 <= annotationLimit) return false
  const encoder = new TextEncoder()
  const all = { ...own, ...Object.fromEntries(ours.map(([{ key }, value]) => [key, value])) }
  return Object.entries(all).reduce((sum, [key, value]) => sum + encoder.encode(key + value).length, 0) > annotationLimit
}
