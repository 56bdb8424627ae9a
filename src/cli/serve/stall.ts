/** Notices when this process got no time. */
export interface StallWatch {
  /** To be called again and again, several times in `limit`. */
  readonly turn: () => void
  /** Whether what is read now may have come more than `limit` ago: during a stall, or just after one, while what came meanwhile is read. */
  readonly mayBeLate: () => boolean
}

/** Milliseconds in which what has come during a stall is read. */
const aftermath = 1000

/**
 * When more than `limit` passes from one turn to the next, this process could do nothing in between, and `onStall` is told for how long.
 *
 * @param limit milliseconds of `now`, a monotonic clock
 */
export function createStallWatch(now: () => number, limit: number, onStall: (milliseconds: number) => void): StallWatch {
  let last: number | undefined
  let lateUntil = -Infinity
  const gap = (): number => (last === undefined ? 0 : now() - last)
  return {
    turn() {
      const stalled = gap()
      last = now()
      if (stalled <= limit) return
      lateUntil = last + aftermath
      onStall(stalled)
    },
    mayBeLate: () => gap() > limit || now() < lateUntil,
  }
}
