import type { Plan } from '../distributor/plan.ts'
import { isPlain, leftOf, restOf } from '../distributor/rest-plan.ts'
import { createBlindRevisions, type BlindRevisions } from './blind-revisions.ts'
import { givenBy, type GivenSeat } from './given-seat.ts'
import type { Claim } from './ideal.ts'
import { lifetime, type Reservation } from './reservations.ts'
import type { Revision } from './revision.ts'

/**
 * The seats that a replica gives out while it reaches no leader: a race from seat 0 over the pods that it answers itself, whatever others
 * there are. Each of r replicas, and the leader, then is within the bound for its own pods: together they are within (r + 1) times the
 * bound. (Were each to fill the deficit that it sees, from a watch that lags, they would all fill the same one, and then the opposite.)
 *
 * That is so because shares add up, which `base` and `max` do not. Of these a race gives out what all pods leave that this replica knows
 * of.
 */
export interface OwnRace {
  /** To decide by, in place of those that the watch keeps. @param now milliseconds */
  readonly revisions: (now: number) => Pick<BlindRevisions, 'of'>
  /**
   * To decide by, in place of the plan.
   *
   * @param watched the same revision as the watch keeps it
   * @param raced the same revision of this race
   */
  readonly planFor: (plan: Plan, watched: Revision, raced: Revision) => Plan
  /** Has `known` count a seat that was given out, beside what the watch shows, for a minute at most. */
  readonly hold: (known: Revision, reservation: Reservation) => void
  /**
   * Ends it, for this replica leads from now on: the seats it gave out in the last minute, to be held until the watch shows them.
   *
   * @param now milliseconds
   */
  readonly end: (now: number) => readonly GivenSeat[]
}

/** Milliseconds. A race goes on where it was when the leader was away twice: two of them would be two errors. */
const quiet = 60_000

/** A seat that was given out, and the revision that counts it until the watch shows its pod. */
interface Held {
  readonly known: Revision
  readonly admission: string
  readonly given: number
}

function isLate(given: number, now: number): boolean {
  return Math.abs(now - given) > lifetime
}

export function createOwnRace(): OwnRace {
  const rests = new WeakMap<Revision, { readonly plan: Plan, readonly rest: Plan }>()
  let held: Held[] = []
  let revisions = createBlindRevisions()
  let last = -Infinity
  /** A race from after now is one from before the clock was set back. */
  const endQuiet = (now: number): void => {
    if (Math.abs(now - last) > quiet) revisions = createBlindRevisions()
    last = now
  }
  /** The watch may stand still as long as nobody leads: then it does not end them. */
  const endLate = (now: number): void => {
    const late = held.findIndex(({ given }) => !isLate(given, now))
    for (const { known, admission } of held.splice(0, late < 0 ? held.length : late)) known.release(admission)
  }
  const noteTime = (now: number): void => {
    endQuiet(now)
    endLate(now)
  }
  return {
    revisions(now) {
      noteTime(now)
      return revisions
    },
    planFor(plan, watched, raced) {
      if (isPlain(plan)) return plan
      const known = rests.get(raced)
      const before = known?.plan === plan ? known.rest : undefined
      const own = raced.rosterFor(before ?? plan).counts()
      const others = watched.rosterFor(plan).counts().map((pods, group) => pods - (own[group] ?? 0))
      if (before !== undefined && isStill(before, plan, others, own)) return before
      const rest = restOf(plan, others)
      rests.set(raced, { plan, rest })
      return rest
    },
    hold(known, reservation) {
      known.reserve(reservation)
      held.push({ known, admission: reservation.admission, given: reservation.given })
    },
    end(now) {
      noteTime(now)
      const given = givenBy(revisions.all()).filter(one => !isLate(one.given, now))
      revisions = createBlindRevisions()
      held = []
      return given
    },
  }
}

/**
 * Whether a rest is what a plan still leaves beside others' pods: as much of each `base`, and the same groups closed to what is our own.
 * How much room an open group has left it need not say: no race looks ahead.
 */
function isStill(rest: Plan, plan: Plan, others: readonly number[], own: readonly number[]): boolean {
  const isOpen = ({ max = Infinity }: Claim, group: number): boolean => (own[group] ?? 0) < max
  return plan.distributor.groups.every((claim, group) => {
    const [then, now] = [rest.distributor.groups[group] ?? claim, leftOf(claim, others[group] ?? 0)]
    return then.base === now.base && isOpen(then, group) === isOpen(now, group)
  })
}
