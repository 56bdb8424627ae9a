import { rankHolders, type Holder } from './seats.ts'

/** The pods of one group of one revision, and the lowest rank that none of them holds. */
export interface Row {
  readonly size: () => number
  /** Its uid is not in the row yet. */
  readonly add: (holder: Holder) => void
  readonly remove: (uid: string) => void
  readonly lowestFree: () => number
}

/**
 * Keeps the effective ranks of one group. As long as every wish is granted, which is nearly always, adding, removing
 * and the lowest free rank cost O(1) on average; after a clash the ranks are computed from the whole set, once, when
 * next asked for.
 */
export function createRow(): Row {
  const holders = new Map<string, Holder>()
  const wishers = new Map<number, number>()
  let unmet = 0
  let hint = 0
  let ranked: ReadonlySet<number> | undefined

  const wish = (rank: number | undefined, change: 1 | -1): void => {
    ranked = undefined
    if (rank === undefined) {
      unmet += change
      return
    }
    const before = wishers.get(rank) ?? 0
    const after = before + change
    unmet += Math.max(0, after - 1) - Math.max(0, before - 1)
    if (after === 0) wishers.delete(rank)
    else wishers.set(rank, after)
    if (after === 0 && rank < hint) hint = rank
  }
  const isTaken = (): (rank: number) => boolean => {
    if (unmet === 0) return rank => wishers.has(rank)
    const ranks = ranked ?? new Set(rankHolders(holders.values()).values())
    ranked = ranks
    return rank => ranks.has(rank)
  }

  return {
    size: () => holders.size,
    add(holder) {
      holders.set(holder.uid, holder)
      wish(holder.wish, 1)
    },
    remove(uid) {
      const holder = holders.get(uid)
      if (holder === undefined) return
      holders.delete(uid)
      wish(holder.wish, -1)
    },
    lowestFree() {
      const taken = isTaken()
      let rank = unmet === 0 ? hint : 0
      while (taken(rank)) rank += 1
      if (unmet === 0) hint = rank
      return rank
    },
  }
}
