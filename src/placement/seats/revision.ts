import type { Plan } from '../distributor/plan.ts'
import { expiredReservations, type Reservation } from './reservations.ts'
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
  readonly reserve: (reservation: Reservation) => void
  readonly release: (admission: string) => void
  readonly reservationOf: (admission: string) => Reservation | undefined
  /** The seats under a plan; kept up to date until the plan is another. */
  readonly rosterFor: (plan: Plan, ownPhase: boolean) => Roster
  /** See `expiredReservations`. */
  readonly expire: (progress: number, capped: boolean) => void
  readonly size: () => { readonly pods: number, readonly reservations: number }
}

export function createRevision(owner: string): Revision {
  const pods = new Map<string, Sitter>()
  const reservations = new Map<string, Reservation>()
  const seating = createSeating(owner)

  const release = (admission: string): void => {
    const reservation = reservations.get(admission)
    if (reservation === undefined) return
    reservations.delete(admission)
    seating.leave(reservation)
  }
  /** What held the pod's seat for it: what it was before, or else its reservation. */
  const takePlaceOf = (pod: PlacedPod): Sitter | undefined => {
    const before = pods.get(pod.uid)
    if (pod.admission === undefined) return before
    if (before === undefined) {
      const reservation = reservations.get(pod.admission)
      reservations.delete(pod.admission)
      return reservation
    }
    release(pod.admission)
    return before
  }

  return {
    apply(pod) {
      const before = takePlaceOf(pod)
      pods.set(pod.uid, sitterOf(pod))
      if (before !== undefined && sitsAlike(before, pod)) return
      if (before !== undefined) seating.leave(before)
      seating.sit(pod)
    },
    remove(uid) {
      const pod = pods.get(uid)
      if (pod === undefined) return
      pods.delete(uid)
      seating.leave(pod)
    },
    reserve(reservation) {
      release(reservation.admission)
      reservations.set(reservation.admission, reservation)
      seating.sit(reservation)
    },
    release,
    reservationOf: admission => reservations.get(admission),
    rosterFor: (plan, ownPhase) => seating.under(plan, ownPhase, () => [...pods.values(), ...reservations.values()]),
    expire(progress, capped) {
      if (reservations.size === 0) return
      for (const { admission } of expiredReservations(reservations.values(), pods.size, progress, capped)) release(admission)
    },
    size: () => ({ pods: pods.size, reservations: reservations.size }),
  }
}

/** No more than this is kept: of 150,000 pods, every text counts. */
function sitterOf({ distributor, group, seat }: PlacedPod): Sitter {
  return { distributor, group, seat }
}

function sitsAlike(a: Sitter, b: Sitter): boolean {
  return a.distributor === b.distributor && a.group === b.group && a.seat === b.seat
}
