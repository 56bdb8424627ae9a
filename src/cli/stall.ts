/**
 * Gives what is to be called again and again. When more than `limit` passed from one call to the next, this process could do nothing in
 * between, and `onStall` is told for how long.
 *
 * @param limit milliseconds of `now`, a monotonic clock
 */
export function createStallWatch(now: () => number, limit: number, onStall: (milliseconds: number) => void): () => void {
  let last: number | undefined
  return () => {
    const gap = last === undefined ? 0 : now() - last
    last = now()
    if (gap > limit) onStall(gap)
  }
}
