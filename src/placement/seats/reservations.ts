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
export const lifetime = 60_000
/** Reservations older than this are many only where something (a quota) refuses every try. */
const settled = 5_000

/** The reservations of one revision, and the answers to reviews whose pods the watch has shown meanwhile. */
export interface Reservations {
  readonly add: (reservation: Reservation) => void
  /**
   * What a review was given, so that the same review is given the same: also when its pod is there already, for as long as a seat is held.
   */
  readonly givenTo: (admission: string) => Reservation | undefined
  /** Ends one without a pod; undefined when there is none. */
  readonly end: (admission: string) => Reservation | undefined
  /** Ends one because its pod is there, which carries that uid; undefined when there is none. */
  readonly settle: (admission: string | undefined, pod: string) => Reservation | undefined
  /** As one that was ended because its pod is there. */
  readonly remember: (reservation: Reservation, pod: string) => void
  /** The pod is gone: what its review was given holds no longer. */
  readonly forget: (pod: string) => void
  readonly all: () => Iterable<Reservation>
  /** The open ones, and the answers that are remembered. */
  readonly given: () => readonly Reservation[]
  readonly size: () => number
  /** What was given after this time is said to be given then. */
  readonly redate: (latest: number) => void
  /** Forgets old answers, and ends `expiredReservations`, which it returns. */
  readonly expire: (pods: number, progress: number, capped: boolean) => readonly Reservation[]
}

export function createReservations(): Reservations {
  const open = new Map<string, Reservation>()
  /**
   * With the uids of their pods. Those of the last minute, mostly none: to look through them costs less than another index of each
   * revision.
   */
  const settledOnes = new Map<string, { readonly given: Reservation, readonly pod: string }>()
  const end = (admission: string): Reservation | undefined => {
    const reservation = open.get(admission)
    open.delete(admission)
    return reservation
  }
  return {
    add: reservation => void open.set(reservation.admission, reservation),
    givenTo: admission => open.get(admission) ?? settledOnes.get(admission)?.given,
    end,
    settle(admission, pod) {
      const reservation = admission === undefined ? undefined : end(admission)
      if (reservation !== undefined) settledOnes.set(reservation.admission, { given: reservation, pod })
      return reservation
    },
    remember: (reservation, pod) => void settledOnes.set(reservation.admission, { given: reservation, pod }),
    forget(pod) {
      for (const [admission, settledOne] of settledOnes) if (settledOne.pod === pod) settledOnes.delete(admission)
    },
    all: () => open.values(),
    given: () => [...open.values(), ...settledOnes.values().map(({ given }) => given)],
    size: () => open.size,
    redate(latest) {
      for (const [admission, one] of open) open.set(admission, { ...one, given: Math.min(one.given, latest) })
      for (const [admission, { given, pod }] of settledOnes) {
        settledOnes.set(admission, { given: { ...given, given: Math.min(given.given, latest) }, pod })
      }
    },
    expire(pods, progress, capped) {
      for (const [admission, { given: { given } }] of settledOnes) if (progress - given > lifetime) settledOnes.delete(admission)
      const expired = open.size === 0 ? [] : expiredReservations(open.values(), pods, progress, capped)
      for (const { admission } of expired) open.delete(admission)
      return expired
    },
  }
}

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
