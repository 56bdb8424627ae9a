import type { Plan } from '../distributor/plan.ts'
import { createReservations, type Reservation, type Reservations } from './reservations.ts'
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
  /** Whether it knows that pod, and on the same seat. */
  readonly holds: (pod: PlacedPod) => boolean
  /** Does nothing when the watch has shown the pod of that review: that holds the seat, or has left it. */
  readonly reserve: (reservation: Reservation) => void
  /** Remembers what another replica gave out to a pod, if that is there. @param pod its uid */
  readonly recall: (reservation: Reservation, pod: string) => void
  readonly release: (admission: string) => void
  /** What a review was given, as long as its seat is held or its pod has not been there for long. */
  readonly givenTo: (admission: string) => Reservation | undefined
  /** What was given out of late, seen or not: the watch of another replica may be behind ours. */
  readonly given: () => readonly Reservation[]
  /** The seats under a plan, as they are now: not to be kept. */
  readonly rosterFor: (plan: Plan) => Roster
  /** Whether the pods of each group, and its reservations, were given exactly its first seats under a plan. */
  readonly isGapless: (plan: Plan) => boolean
  /**
   * How often a pod or a reservation came or went, or changed its place: the same number twice means that nothing has happened in between.
   */
  readonly changes: () => number
  /** Notes whether a pod is Ready. Returns the pod's distributor when that is news, undefined otherwise. */
  readonly noteReady: (uid: string, ready: boolean) => string | undefined
  readonly standing: (plan: Plan) => Standing
  /** The clock was set back to this time: what was given later was given then. */
  readonly redate: (latest: number) => void
  /** See `expiredReservations`. Returns those that were ended. */
  readonly expire: (progress: number, capped: boolean) => readonly Reservation[]
  readonly size: () => { readonly pods: number, readonly reservations: number }
}

/** No more than this is kept of a pod: of 150,000, every text counts. */
interface SeatedPod extends Sitter {
  ready: boolean
}

/** Of a revision that has none, as most have: nothing is ever added to these. Its own would take more memory than a pod. */
const noReservations = createReservations()

/** @param isSeen whether the watch has shown the pod of a review, of late; by default no watch shows any */
export function createRevision(owner: string, namespace = '', isSeen: (admission: string) => boolean = () => false): Revision {
  const pods = new Map<string, SeatedPod>()
  let reservations = noReservations
  const ownReservations = (): Reservations => (reservations = reservations === noReservations ? createReservations() : reservations)
  const { sit, leave, ...seating } = createSeating(owner)
  const sitters = (): readonly Sitter[] => [...pods.values(), ...reservations.all()]
  return {
    namespace, owner, changes: seating.changes,
    apply({ uid, admission, distributor, group, seat }) {
      const [known, reservation] = [pods.get(uid), reservations.settle(admission, uid)]
      const pod = { distributor, group, seat, ready: known?.ready ?? false }
      pods.set(uid, pod)
      if (known !== undefined) leave(reservation)
      // What held the pod's seat for it: what it was before, or else its reservation.
      const before = known ?? reservation
      if (sitsAlike(before, pod)) return known
      leave(before)
      sit(pod)
      return known
    },
    remove(uid) {
      const pod = pods.get(uid)
      reservations.forget(uid)
      leave(pods.delete(uid) ? pod : undefined)
      return pod
    },
    reserve(reservation) {
      if (isSeen(reservation.admission)) return
      leave(reservations.end(reservation.admission))
      ownReservations().add(reservation)
      sit(reservation)
    },
    recall: (reservation, pod) => void (pods.has(pod) && ownReservations().remember(reservation, pod)),
    holds: pod => sitsAlike(pods.get(pod.uid), pod),
    release: admission => leave(reservations.end(admission)),
    givenTo: admission => reservations.givenTo(admission),
    given: () => reservations.given(),
    rosterFor: plan => seating.under(plan, pods.size + reservations.size(), sitters),
    isGapless: plan => seating.isGapless(plan, sitters),
    noteReady: (uid, ready) => noteReady(pods.get(uid), ready),
    redate: latest => reservations.redate(latest),
    standing: plan => standingOf(owner, plan, seating.sequenceUnder(plan), pods.values()),
    expire(progress, capped) {
      const expired = reservations.expire(pods.size, progress, capped)
      if (reservations.given().length === 0) reservations = noReservations
      expired.forEach(leave)
      return expired
    },
    size: () => ({ pods: pods.size, reservations: reservations.size() }),
  }
}

function noteReady(pod: SeatedPod | undefined, ready: boolean): string | undefined {
  if (pod === undefined || pod.ready === ready) return undefined
  pod.ready = ready
  return pod.distributor
}

function sitsAlike(a: Sitter | undefined, b: Sitter): boolean {
  return a?.distributor === b.distributor && a.group === b.group && a.seat === b.seat
}
