import { listDistributor, type Listed } from '../../placement/distributor/listed.ts'
import { asMap, mapsIn } from '../../placement/is-map.ts'

/** A PodDistributor of the cluster, and whether it has always been as it is. */
export interface SeenDistributor {
  readonly listed: Listed
  /**
   * When its spec was last written, in milliseconds since 1970, to the second; undefined: not since it was made. Infinity where it was
   * changed and nobody says when.
   */
  readonly edited: number | undefined
}

/** By `metadata.generation`, which counts the changes of a spec, and by the managers that own fields of it. */
export function readSeenDistributor(object: unknown): SeenDistributor {
  const listed = listDistributor(object)
  const { managedFields } = asMap(asMap(object)['metadata'])
  const times = mapsIn(managedFields).filter(({ fieldsV1 }) => Object.hasOwn(asMap(fieldsV1), 'f:spec'))
    .map(({ time }) => (typeof time === 'string' ? Date.parse(time) : NaN)).filter(time => !Number.isNaN(time))
  const last = times.length === 0 ? Infinity : Math.max(...times)
  return { listed, edited: listed.generation > 1 ? last : undefined }
}
