import type { Plan } from '../distributor/plan.ts'
import { expiredReservations, type Reservation } from './reservations.ts'
import { createRoster, type Roster } from './roster.ts'

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
  /** Milliseconds since 1970. */
  readonly created: number
}

/** The pods of one controlling owner, and the seats given out to pods not seen yet. */
export interface Revision {
  readonly apply: (pod: PlacedPod) => void
  readonly remove: (uid: string) => void
  readonly reserve: (reservation: Reservation) => void
  readonly release: (admission: string) => void
  readonly reservationOf: (admission: string) => Reservation | undefined
  /** Who sits where under a plan; kept up to date until the plan is another. */
  readonly rosterFor: (plan: Plan, ownPhase: boolean) => Roster
  /** See `expiredReservations`. */
  readonly expire: (progress: number, capped: boolean) => void
  readonly size: () => { readonly pods: number, readonly reservations: number }
}

export function createRevision(owner: string): Revision {
  const pods = new Map<string, PlacedPod>()
  const reservations = new Map<string, Reservation>()
  let seating: { readonly plan: Plan, readonly roster: Roster } | undefined

  /** Pods of another distributor, or of a group that the plan no longer has, hold no seat. */
  const sit = (uid: string, { distributor, group, seat }: Pick<PlacedPod, 'distributor' | 'group' | 'seat'>): void => {
    const index = seating?.plan.groupIndex.get(group)
    if (index === undefined || distributor !== seating?.plan.distributor.name) return
    seating.roster.add({ uid, group: index, seat })
  }
  const release = (admission: string): void => {
    if (reservations.delete(admission)) seating?.roster.remove(admission)
  }

  return {
    apply(pod) {
      const before = pods.get(pod.uid)
      pods.set(pod.uid, pod)
      if (pod.admission !== undefined) release(pod.admission)
      if (before !== undefined && sitsAlike(before, pod)) return
      seating?.roster.remove(pod.uid)
      sit(pod.uid, pod)
    },
    remove(uid) {
      if (pods.delete(uid)) seating?.roster.remove(uid)
    },
    reserve(reservation) {
      reservations.set(reservation.admission, reservation)
      sit(reservation.admission, reservation)
    },
    release,
    reservationOf: admission => reservations.get(admission),
    rosterFor(plan, ownPhase) {
      if (seating?.plan === plan) return seating.roster
      seating = { plan, roster: createRoster(plan.sequenceFor(owner, ownPhase), plan.distributor.groups.length) }
      for (const pod of pods.values()) sit(pod.uid, pod)
      for (const reservation of reservations.values()) sit(reservation.admission, reservation)
      return seating.roster
    },
    expire(progress, capped) {
      if (reservations.size === 0) return
      for (const { admission } of expiredReservations(reservations.values(), pods.size, progress, capped)) release(admission)
    },
    size: () => ({ pods: pods.size, reservations: reservations.size }),
  }
}

function sitsAlike(a: PlacedPod, b: PlacedPod): boolean {
  return a.distributor === b.distributor && a.group === b.group && a.seat === b.seat
}
