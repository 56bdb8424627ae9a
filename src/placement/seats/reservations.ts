/** A seat that admission gave out, and that no pod in the watch holds yet. */
export interface Reservation {
  /** The uid of the AdmissionReview. */
  readonly admission: string
  readonly distributor: string
  readonly group: string
  readonly seat: number
  /** When it was given, milliseconds since 1970. */
  readonly given: number
}

/** A pod that the watch has not shown this long after its admission, by the watch's own progress, was refused elsewhere. */
const lifetime = 60_000
/** Reservations older than this are many only where something (a quota) refuses every try. */
const settled = 5_000

/**
 * The reservations to end, of one revision. Time is the watch's progress and not the clock's: a cut watch would have the
 * same seats given out again.
 *
 * @param pods how many pods of the revision the watch has shown
 * @param capped also end the oldest of those older than 5 s beyond max(10, 10 % of the revision), which is its pods and those
 *   that may well be on their way: a quota that rejects every try must not push real pods elsewhere, nor its tries add up
 */
export function expiredReservations(
  reservations: Iterable<Reservation>, pods: number, progress: number, capped: boolean,
): readonly Reservation[] {
  const all = [...reservations]
  const expired = all.filter(({ given }) => progress - given > lifetime)
  if (!capped) return expired
  const lingering = all.filter(({ given }) => progress - given > settled && progress - given <= lifetime)
    .toSorted((a, b) => a.given - b.given)
  const onTheirWay = all.length - expired.length - lingering.length
  const cap = Math.max(10, Math.floor((pods + onTheirWay) / 10))
  return [...expired, ...lingering.slice(0, Math.max(0, lingering.length - cap))]
}
