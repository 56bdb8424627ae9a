import { createRankSet } from './rank-set.ts'

/** The pods of one group of one revision, and the lowest rank that none of them holds. */
export interface Row {
  readonly size: () => number
  /**
   * Its uid is not in the row yet. `wish`: the rank it was given (how many seats of its group come before its own); undefined
   * for a pod that was given none, or one that belongs to another group by now.
   */
  readonly add: (uid: string, wish: number | undefined) => void
  readonly remove: (uid: string) => void
  readonly lowestFree: () => number
}

/**
 * Keeps the ranks that are held in one group. A rank that is wished for is held by one of those that wish for it; the others (two
 * replicas decided at the same moment), and those without a wish, hold the lowest ranks that nobody wishes for. Who of them
 * holds which does not matter here, only how many they are.
 */
export function createRow(): Row {
  const wishes = new Map<string, number | undefined>()
  const wishers = new Map<number, number>()
  const wished = createRankSet()

  return {
    size: () => wishes.size,
    add(uid, wish) {
      wishes.set(uid, wish)
      if (wish === undefined) return
      const others = wishers.get(wish) ?? 0
      wishers.set(wish, others + 1)
      if (others === 0) wished.add(wish)
    },
    remove(uid) {
      const wish = wishes.get(uid)
      wishes.delete(uid)
      if (wish === undefined) return
      const others = (wishers.get(wish) ?? 0) - 1
      if (others > 0) {
        wishers.set(wish, others)
        return
      }
      wishers.delete(wish)
      wished.remove(wish)
    },
    lowestFree: () => wished.gap(wishes.size - wishers.size),
  }
}
