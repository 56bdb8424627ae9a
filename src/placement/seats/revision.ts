import type { Plan } from '../distributor/plan.ts'
import { createReservations, type Reservation } from './reservations.ts'
import type { Roster } from './roster.ts'
import { createSeating, type Sitter } from './seating.ts'

/** What deciding needs to know of a pod that a distributor placed. */
export interface PlacedPod {
  readonly uid: string
  readonly namespace: string
  /** The uid of its controlling owner. With the namespace, its revision: an owner elsewhere is not its owner. */
  readonly owner: string
  readonly distributor: string
  /** The group's name. */
  readonly group: string
  readonly seat: number | undefined
  /** The uid of the AdmissionReview that placed it. */
  readonly admission: string | undefined
}

/** The pods of one controlling owner, and the seats given out to pods not seen yet. */
export interface Revision {
  readonly apply: (pod: PlacedPod) => void
  readonly remove: (uid: string) => void
  /** Does nothing when the watch has shown the pod of that review. */
  readonly reserve: (reservation: Reservation) => void
  readonly release: (admission: string) => void
  /** What a review was given, as long as its seat is held or its pod has not been there for long. */
  readonly givenTo: (admission: string) => Reservation | undefined
  /** The seats under a plan; kept up to date until the plan is another. */
  readonly rosterFor: (plan: Plan) => Roster
  /** See `expiredReservations`. */
  readonly expire: (progress: number, capped: boolean) => void
  readonly size: () => { readonly pods: number, readonly reservations: number }
}

export function createRevision(owner: string): Revision {
  const pods = new Map<string, Sitter>()
  const reservations = createReservations()
  const seating = createSeating(owner)

  const leave = (one: Sitter | undefined): void => {
    if (one !== undefined) seating.leave(one)
  }
  /** What held the pod's seat for it: what it was before, or else its reservation. */
  const takePlaceOf = (pod: PlacedPod): Sitter | undefined => {
    const before = pods.get(pod.uid)
    const reservation = pod.admission === undefined ? undefined : reservations.settle(pod.admission)
    if (before === undefined) return reservation
    leave(reservation)
    return before
  }

  return {
    apply(pod) {
      const before = takePlaceOf(pod)
      pods.set(pod.uid, sitterOf(pod))
      if (before !== undefined && sitsAlike(before, pod)) return
      leave(before)
      seating.sit(pod)
    },
    remove(uid) {
      leave(pods.get(uid))
      pods.delete(uid)
    },
    reserve(reservation) {
      const before = reservations.end(reservation.admission)
      // The watch has shown its pod: that holds the seat.
      if (before === undefined && reservations.givenTo(reservation.admission) !== undefined) return
      leave(before)
      reservations.add(reservation)
      seating.sit(reservation)
    },
    release: admission => leave(reservations.end(admission)),
    givenTo: reservations.givenTo,
    rosterFor: plan => seating.under(plan, () => [...pods.values(), ...reservations.all()]),
    expire(progress, capped) {
      for (const { admission } of reservations.expire(pods.size, progress, capped)) leave(reservations.end(admission))
    },
    size: () => ({ pods: pods.size, reservations: reservations.size() }),
  }
}

/** No more than this is kept: of 150,000 pods, every text counts. */
function sitterOf({ distributor, group, seat }: PlacedPod): Sitter {
  return { distributor, group, seat }
}

function sitsAlike(a: Sitter, b: Sitter): boolean {
  return a.distributor === b.distributor && a.group === b.group && a.seat === b.seat
}
