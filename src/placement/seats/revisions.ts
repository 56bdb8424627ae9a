import type { Plan } from '../distributor/plan.ts'
import type { DistributorKey } from './by-distributor.ts'
import { givenBy, type GivenSeat } from './given-seat.ts'
import { createRevisionTable } from './revision-table.ts'
import type { PlacedPod, Revision } from './revision.ts'
import { createSeatedPods, type Readiness } from './seated-pods.ts'
import { createIsYoung, createSeenAdmissions } from './seen-admissions.ts'
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
   * Progress that goes back is a clock that was set back: reservations then live on for no longer than from there. (One that is set on ends
   * them early: it looks the same as a watch that was cut.)
   */
  readonly expire: (progress: number, capped: boolean) => readonly GivenSeat[]
  /** The seats given out in the last minute: what the next leader has to know, whose watch may be behind ours. */
  readonly handOver: () => readonly GivenSeat[]
  /**
   * Reserves seats that another replica gave out. Those whose pods the watch has shown already are but remembered, as are our own: whom
   * this replica hands over to may have a watch that is behind.
   */
  readonly takeOver: (given: Iterable<GivenSeat>) => void
  /** Notes whether a pod is Ready, before or after the pod itself is known; undefined: it is gone. */
  readonly noteReady: (uid: string, ready: boolean | undefined) => void
  /** Whether each pod is Ready, of all there are: what was noted of pods that are neither known nor among these is forgotten. */
  readonly replaceReady: (all: Iterable<Readiness>) => void
  /** The revisions that have pods which say they were placed by this distributor. */
  readonly revisionsOf: (key: DistributorKey) => readonly Revision[]
  /** How the pods of a distributor stand, one entry for each of their revisions. */
  readonly standings: (plan: Plan) => readonly Standing[]
  /** The distributors whose pods have changed since this was asked last; each once. Undefined: any may have. */
  readonly takeTouched: () => readonly DistributorKey[] | undefined
  /** Every distributor that a pod says it was placed by, whether it is there or not. */
  readonly distributors: () => Iterable<DistributorKey>
  readonly size: () => { readonly pods: number, readonly reservations: number }
}

export function createRevisions(): Revisions {
  const seen = createSeenAdmissions()
  const table = createRevisionTable(seen.has)
  const pods = createSeatedPods(table)
  let last = -Infinity

  const apply = (pod: PlacedPod): void => {
    // Of what the watch shows again, nothing is new: a pod's status changes many times.
    if (pod.admission !== undefined && !table.of(pod.namespace, pod.owner).holds(pod)) seen.add(pod.admission, pod.uid)
    pods.apply(pod)
  }

  return {
    apply,
    remove: pods.remove,
    of: table.of,
    replace(all) {
      const gone = new Set(pods.uids())
      const listed = [...all]
      const isYoung = createIsYoung(listed)
      for (const pod of listed) {
        if (isYoung(pod)) apply(pod)
        else pods.apply(pod)
        gone.delete(pod.uid)
      }
      for (const uid of gone) pods.remove(uid)
    },
    expire(progress, capped) {
      if (progress < last) for (const revision of table.all()) revision.redate(progress)
      last = progress
      seen.expire(progress)
      const expired = givenBy(table.all(), revision => revision.expire(progress, capped))
      table.forgetEmpty()
      return expired
    },
    handOver: () => givenBy(table.all()),
    takeOver(seats) {
      for (const seat of seats) takeSeat(table.of(seat.namespace, seat.owner), seat, seen.podOf(seat.admission))
    },
    noteReady: pods.noteReady,
    replaceReady: pods.replaceReady,
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

function takeSeat(revision: Revision, seat: GivenSeat, pod: string | undefined): void {
  if (pod === undefined) revision.reserve(seat)
  else revision.recall(seat, pod)
}
