import type { Plan } from '../distributor/plan.ts'
import { createReservations, type Reservation } from './reservations.ts'
import type { Roster } from './roster.ts'
import { createSeating, type Sitter } from './seating.ts'
import { standingOf, type Standing } from './standing.ts'

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
  /** Milliseconds since 1970, to the second. */
  readonly created: number
}

/** The pods of one controlling owner, and the seats given out to pods not seen yet. */
export interface Revision {
  readonly namespace: string
  /** The uid of the controlling owner. */
  readonly owner: string
  /** Returns what was known of that pod before. */
  readonly apply: (pod: PlacedPod) => Sitter | undefined
  /** Returns what was known of it; undefined when nothing was. */
  readonly remove: (uid: string) => Sitter | undefined
  /** Does nothing when the watch has shown the pod of that review. */
  readonly reserve: (reservation: Reservation) => void
  readonly release: (admission: string) => void
  /** What a review was given, as long as its seat is held or its pod has not been there for long. */
  readonly givenTo: (admission: string) => Reservation | undefined
  /** What was given out of late, seen or not: the watch of another replica may be behind ours. */
  readonly given: () => readonly Reservation[]
  /** The seats under a plan; kept up to date until the plan is another. */
  readonly rosterFor: (plan: Plan) => Roster
  /** Notes whether a pod is Ready. Returns the pod's distributor when that is news, undefined otherwise. */
  readonly noteReady: (uid: string, ready: boolean) => string | undefined
  readonly standing: (plan: Plan) => Standing
  /** See `expiredReservations`. Returns those that were ended. */
  readonly expire: (progress: number, capped: boolean) => readonly Reservation[]
  readonly size: () => { readonly pods: number, readonly reservations: number }
}

/** No more than this is kept of a pod: of 150,000, every text counts. */
interface SeatedPod extends Sitter {
  ready: boolean
}

export function createRevision(owner: string, namespace = ''): Revision {
  const pods = new Map<string, SeatedPod>()
  const reservations = createReservations()
  const seating = createSeating(owner)
  const { leave } = seating

  return {
    namespace, owner,
    apply({ uid, admission, distributor, group, seat }) {
      const [known, reservation] = [pods.get(uid), reservations.settle(admission, uid)]
      if (known !== undefined) leave(reservation)
      // What held the pod's seat for it: what it was before, or else its reservation.
      const before = known ?? reservation
      const pod = { distributor, group, seat, ready: known?.ready ?? false }
      pods.set(uid, pod)
      if (before !== undefined && sitsAlike(before, pod)) return known
      leave(before)
      seating.sit(pod)
      return known
    },
    remove(uid) {
      const pod = pods.get(uid)
      leave(pod)
      reservations.forget(uid)
      return pods.delete(uid) ? pod : undefined
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
    given: reservations.given,
    rosterFor: plan => seating.under(plan, () => [...pods.values(), ...reservations.all()]),
    noteReady(uid, ready) {
      const pod = pods.get(uid)
      if (pod === undefined || pod.ready === ready) return undefined
      pod.ready = ready
      return pod.distributor
    },
    standing: plan => standingOf(owner, plan, seating.sequenceUnder(plan), pods.values()),
    expire(progress, capped) {
      const expired = reservations.expire(pods.size, progress, capped)
      expired.forEach(leave)
      return expired
    },
    size: () => ({ pods: pods.size, reservations: reservations.size() }),
  }
}

function sitsAlike(a: Sitter, b: Sitter): boolean {
  return a.distributor === b.distributor && a.group === b.group && a.seat === b.seat
}
