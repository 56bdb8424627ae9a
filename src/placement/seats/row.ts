import { createRankSet } from './rank-set.ts'

/** How many pods one group of one revision has, and the lowest rank that none of them holds. */
export interface Row {
  readonly size: () => number
  /**
   * `wish`: the rank a pod was given (how many seats of its group come before its own); undefined for a pod that was given
   * none, or one that belongs to another group by now.
   */
  readonly add: (wish: number | undefined) => void
  /** With the wish that it was added with. */
  readonly remove: (wish: number | undefined) => void
  readonly lowestFree: () => number
  /** Whether the pods wish for the ranks 0, 1, 2 … up to their number, each for its own. */
  readonly isGapless: () => boolean
}

/**
 * Keeps the ranks that are held in one group. A rank that is wished for is held by one of those that wish for it; the others (two
 * replicas decided at the same moment), and those without a wish, hold the lowest ranks that nobody wishes for. Who of them
 * holds which does not matter here, only how many they are.
 */
export function createRow(): Row {
  let size = 0
  /** How many wish for each rank, and for how many ranks there is somebody who does. */
  const wishers: number[] = []
  let held = 0
  const wished = createRankSet()

  return {
    size: () => size,
    add(wish) {
      size += 1
      if (wish === undefined) return
      while (wishers.length <= wish) wishers.push(0)
      const others = wishers[wish] ?? 0
      wishers[wish] = others + 1
      if (others > 0) return
      held += 1
      wished.add(wish)
    },
    remove(wish) {
      size -= 1
      if (wish === undefined) return
      const others = (wishers[wish] ?? 0) - 1
      wishers[wish] = others
      if (others > 0) return
      held -= 1
      wished.remove(wish)
    },
    lowestFree: () => wished.gap(size - held),
    isGapless: () => held === size && wished.gap(0) === size,
  }
}
