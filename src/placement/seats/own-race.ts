import type { GivenSeat } from './given-seat.ts'
import { createRevisions, type Revisions } from './revisions.ts'

/**
 * The seats that a replica gives out while it reaches no leader: a race from seat 0 over the pods that it answers itself, whatever others
 * there are. Each of r replicas, and the leader, then is within the bound for its own pods: together they are within (r + 1) times the bound.
 * (Were each to fill the deficit that it sees, from a watch that lags, they would all fill the same one, and then the opposite.)
 */
export interface OwnRace {
  /** To decide by, in place of those that the watch keeps. @param now milliseconds */
  readonly revisions: (now: number) => Revisions
  /** Ends it, for this replica leads from now on: the seats it gave out, to be held until the watch shows them. */
  readonly end: () => readonly GivenSeat[]
}

/** Milliseconds. A race goes on where it was when the leader was away twice: two of them would be two errors. */
const quiet = 60_000

export function createOwnRace(): OwnRace {
  let revisions = createRevisions()
  let last = -Infinity
  return {
    revisions(now) {
      if (now - last > quiet) revisions = createRevisions()
      last = now
      return revisions
    },
    end() {
      const given = revisions.handOver()
      revisions = createRevisions()
      return given
    },
  }
}
