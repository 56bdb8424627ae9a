import type { Plan } from '../distributor/plan.ts'
import type { DistributorKey } from './by-distributor.ts'
import type { GivenSeat } from './given-seat.ts'
import type { Reservation } from './reservations.ts'
import { createRevisionTable } from './revision-table.ts'
import type { PlacedPod, Revision } from './revision.ts'
import { createSeatedPods } from './seated-pods.ts'
import { createSeenAdmissions, longestSeen } from './seen-admissions.ts'
import type { Standing } from './standing.ts'

/** Every revision, found by namespace and owner's uid: all pods that count and all reservations. */
export interface Revisions {
  /** Everything there is, as a first or a repeated list shows it. */
  readonly replace: (pods: Iterable<PlacedPod>) => void
  readonly apply: (pod: PlacedPod) => void
  readonly remove: (uid: string) => void
  readonly of: (namespace: string, owner: string) => Revision
  /**
   * Ends the reservations that the watch has left behind (see `expiredReservations`), and says which; forgets revisions left empty.
   */
  readonly expire: (progress: number, capped: boolean) => readonly GivenSeat[]
  /** The seats given out in the last minute: what the next leader has to know, whose watch may be behind ours. */
  readonly handOver: () => readonly GivenSeat[]
  /** Reserves seats that another replica gave out, but for the pods that the watch has shown already. */
  readonly takeOver: (given: Iterable<GivenSeat>) => void
  /** Notes whether a pod is Ready, before or after the pod itself is known; undefined: it is gone. */
  readonly noteReady: (uid: string, ready: boolean | undefined) => void
  /** The revisions that have pods which say they were placed by this distributor. */
  readonly revisionsOf: (key: DistributorKey) => readonly Revision[]
  /** How the pods of a distributor stand, one entry for each of their revisions. */
  readonly standings: (plan: Plan) => readonly Standing[]
  /** The distributors whose pods have changed since this was asked last; each once. */
  readonly takeTouched: () => readonly DistributorKey[]
  /** Every distributor that a pod says it was placed by, whether it is there or not. */
  readonly distributors: () => Iterable<DistributorKey>
  readonly size: () => { readonly pods: number, readonly reservations: number }
}

export function createRevisions(): Revisions {
  const table = createRevisionTable()
  const pods = createSeatedPods(table)
  const seen = createSeenAdmissions()

  /** @param since of pods that were created before, no other replica will speak */
  const apply = (pod: PlacedPod, since: number): void => {
    if (pod.admission !== undefined && pod.created >= since) seen.add(pod.admission, pod.created)
    pods.apply(pod)
  }
  const given = (by: (revision: Revision) => readonly Reservation[]): readonly GivenSeat[] =>
    [...table.all()].flatMap(revision => by(revision).map(one => ({ ...one, namespace: revision.namespace, owner: revision.owner })))

  return {
    apply: pod => apply(pod, -Infinity),
    remove: pods.remove,
    of: table.of,
    replace(all) {
      const gone = new Set(pods.uids())
      const listed = [...all]
      const newest = listed.reduce((latest, { created }) => Math.max(latest, created), 0)
      for (const pod of listed) {
        apply(pod, newest - longestSeen)
        gone.delete(pod.uid)
      }
      for (const uid of gone) pods.remove(uid)
    },
    expire(progress, capped) {
      seen.expire(progress)
      const expired = given(revision => revision.expire(progress, capped))
      table.forgetEmpty()
      return expired
    },
    handOver: () => given(revision => revision.given()),
    takeOver(seats) {
      for (const seat of seats) if (!seen.has(seat.admission)) table.of(seat.namespace, seat.owner).reserve(seat)
    },
    noteReady: pods.noteReady,
    standings: plan => {
      const { namespace, name } = plan.distributor
      return [...pods.byDistributor.revisionsOf(namespace, name)].map(revision => revision.standing(plan))
    },
    revisionsOf: ({ namespace, name }) => [...pods.byDistributor.revisionsOf(namespace, name)],
    takeTouched: pods.byDistributor.takeTouched,
    distributors: pods.byDistributor.names,
    size: () => ({ pods: pods.size(), reservations: [...table.all()].reduce((sum, one) => sum + one.size().reservations, 0) }),
  }
}
