import { createBlindRevisions, type BlindRevisions } from './blind-revisions.ts'
import { givenBy, type GivenSeat } from './given-seat.ts'
import { lifetime } from './reservations.ts'

/**
 * The seats that a replica gives out while it reaches no leader: a race from seat 0 over the pods that it answers itself, whatever others
 * there are. Each of r replicas, and the leader, then is within the bound for its own pods: together they are within (r + 1) times the bound.
 * (Were each to fill the deficit that it sees, from a watch that lags, they would all fill the same one, and then the opposite.)
 */
export interface OwnRace {
  /** To decide by, in place of those that the watch keeps. @param now milliseconds */
  readonly revisions: (now: number) => Pick<BlindRevisions, 'of'>
  /**
   * Ends it, for this replica leads from now on: the seats it gave out in the last minute, to be held until the watch shows them.
   *
   * @param now milliseconds
   */
  readonly end: (now: number) => readonly GivenSeat[]
}

/** Milliseconds. A race goes on where it was when the leader was away twice: two of them would be two errors. */
const quiet = 60_000

export function createOwnRace(): OwnRace {
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
    end(now) {
      endQuiet(now)
      const given = givenBy(revisions.all()).filter(one => Math.abs(now - one.given) <= lifetime)
      revisions = createBlindRevisions()
      return given
    },
  }
}
