import type { Clock } from '../cluster/clock.ts'
import type { Leader } from '../cluster/lease.ts'
import { seatsLimit } from './hand-over.ts'
import { createSettling } from './settling.ts'

/** How this replica comes to the lead by another's offer: from when the Lease is on its way until the seats have come, that one decides. */
export interface Succession {
  /** It offers the lead. */
  readonly begin: (from: Leader) => void
  /** Whether we have its Lease now. */
  readonly settle: (isTaken: boolean) => void
  /** Its seats are here. */
  readonly end: () => void
  /** Who decides still; undefined: nobody but the holder of the Lease. */
  readonly awaits: () => Leader | undefined
  /** Whether the lead was taken a moment ago. */
  readonly isFresh: () => boolean
}

/**
 * Milliseconds. The leader's loops begin with lists, each of which holds up reviews for a moment; the one before has just gone through
 * them.
 */
const freshFor = 5000

export function createSuccession(clock: Clock): Succession {
  const awaited = createSettling(clock, seatsLimit)
  let predecessor: Leader | undefined
  let [takenAt, isTaking] = [-Infinity, false]
  return {
    begin(from) {
      predecessor = from
      isTaking = true
    },
    settle(isTaken) {
      isTaking = false
      if (!isTaken) return
      awaited.begin()
      takenAt = clock.now()
    },
    end: awaited.end,
    awaits: () => (isTaking || awaited.current() !== undefined ? predecessor : undefined),
    isFresh: () => clock.now() - takenAt < freshFor,
  }
}
