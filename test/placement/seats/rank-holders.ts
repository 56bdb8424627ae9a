/** A pod of one group: when it was made, and the rank it wishes for. */
export interface Holder {
  readonly uid: string
  readonly created: number
  readonly wish: number | undefined
}

/**
 * The naive model of a row: the effective ranks of one group's pods, by uid, computed from the whole set. Each pod gets the rank it wishes
 * for; where several wish for one, the oldest has it, by creation time, then uid. Those left over, and pods without a wish, take the lowest
 * free ranks in the same order.
 */
export function rankHolders(holders: Iterable<Holder>): Map<string, number> {
  const ranks = new Map<string, number>()
  const taken = new Set<number>()
  const oldestFirst = [...holders].toSorted((a, b) => a.created - b.created || (a.uid < b.uid ? -1 : 1))
  const disappointed = oldestFirst.filter(({ uid, wish }) => {
    if (wish === undefined || taken.has(wish)) return true
    taken.add(wish)
    ranks.set(uid, wish)
    return false
  })
  for (const { uid } of disappointed) {
    const free = lowestFree(taken)
    taken.add(free)
    ranks.set(uid, free)
  }
  return ranks
}

export function lowestFree(taken: ReadonlySet<number>): number {
  let rank = 0
  while (taken.has(rank)) rank += 1
  return rank
}
