import { isMap } from '../../src/placement/is-map.ts'
import { mapAt, type Review } from './golden-set.ts'
import type { Json } from './workload.ts'

/** What all annotations of an object may have together, in bytes of keys and values (apimachinery, `TotalAnnotationSizeLimitB`). */
const limit = 262_144

const sizeOf = (annotations: unknown): number => isMap(annotations)
  ? Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + String(value)), 0) : 0

/** The bytes that a pod's own annotations may have beside these. */
export const annotationRoom = (annotations: unknown): number => limit - sizeOf(annotations)

/** One annotation of so many bytes, key and all. Most of its characters have three: counted in characters it is far from the limit. */
export const fillingAnnotation = (bytes: number): Json => {
  const key = 'example.com/filling'
  const rest = bytes - key.length
  return { [key]: '世'.repeat(Math.floor(rest / 3)) + 'x'.repeat(rest % 3) }
}

/** The review of a pod whose annotations have so many bytes in all. */
export const annotated = (review: Review, bytes: number): Review => {
  const { object } = review.request
  const metadata = { ...mapAt(object, 'metadata'), annotations: fillingAnnotation(bytes) }
  return { ...review, request: { ...review.request, object: { ...object, metadata } } }
}
