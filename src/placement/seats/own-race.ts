import type { Plan } from '../distributor/plan.ts'
import { restOf } from '../distributor/rest-plan.ts'
import { createBlindRevisions, type BlindRevisions } from './blind-revisions.ts'
import { givenBy, type GivenSeat } from './given-seat.ts'
import { lifetime } from './reservations.ts'
import type { Revision } from './revision.ts'

/**
 * The seats that a replica gives out while it reaches no leader: a race from seat 0 over the pods that it answers itself, whatever others
 * there are. Each of r replicas, and the leader, then is within the bound for its own pods: together they are within (r + 1) times the bound.
 * (Were each to fill the deficit that it sees, from a watch that lags, they would all fill the same one, and then the opposite.)
 *
 * That is so because shares add up, which `base` and `max` do not. Of these a race gives out what the pods left that were there when it began.
 */
export interface OwnRace {
  /** To decide by, in place of those that the watch keeps. @param now milliseconds */
  readonly revisions: (now: number) => Pick<BlindRevisions, 'of'>
  /**
   * To decide by, in place of the plan.
   *
   * @param known the same revision as the watch keeps it
   * @param raced the same revision of this race
   */
  readonly planFor: (plan: Plan, known: Revision, raced: Revision) => Plan
  /**
   * Ends it, for this replica leads from now on: the seats it gave out in the last minute, to be held until the watch shows them.
   *
   * @param now milliseconds
   */
  readonly end: (now: number) => readonly GivenSeat[]
}

/** Milliseconds. A race goes on where it was when the leader was away twice: two of them would be two errors. */
const quiet = 60_000

/** What one revision's race gives out. */
interface Rest {
  readonly plan: Plan
  /** Pods by group that are not of this race. */
  readonly taken: readonly number[]
  readonly rest: Plan
}

export function createOwnRace(): OwnRace {
  const rests = new WeakMap<Revision, Rest>()
  let revisions = createBlindRevisions()
  let last = -Infinity
  /** A race from after now is one from before the clock was set back. */
  const endQuiet = (now: number): void => {
    if (Math.abs(now - last) > quiet) revisions = createBlindRevisions()
    last = now
  }
  return {
    revisions(now) {
      endQuiet(now)
      return revisions
    },
    planFor(plan, known, raced) {
      const before = rests.get(raced)
      const taken = takenByOthers(plan, known.rosterFor(plan).counts(), before?.plan === plan ? before : undefined, raced)
      if (before?.plan === plan && before.taken.every((pods, group) => pods === taken[group])) return before.rest
      const rest = restOf(plan, taken)
      rests.set(raced, { plan, taken, rest })
      return rest
    },
    end(now) {
      endQuiet(now)
      const given = givenBy(revisions.all()).filter(one => Math.abs(now - one.given) <= lifetime)
      revisions = createBlindRevisions()
      return given
    },
  }
}

/**
 * What the watch shows is the race's own too, and late: so others' pods are counted when it begins, and then only where they have filled a
 * group meanwhile. That one is closed to the race.
 */
function takenByOthers(plan: Plan, shown: readonly number[], before: Rest | undefined, raced: Revision): readonly number[] {
  const own = raced.rosterFor(before?.rest ?? plan).counts()
  if (before === undefined) return shown.map((pods, group) => Math.max(0, pods - (own[group] ?? 0)))
  return before.taken.map((pods, group) => {
    const { max = Infinity } = plan.distributor.groups[group] ?? {}
    return (shown[group] ?? 0) >= max ? Math.max(pods, max - (own[group] ?? 0)) : pods
  })
}
