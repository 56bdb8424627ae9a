/** A pod of one group: when it was made, and the rank it wishes for (how many seats of its group come before its own). */
export interface Holder {
  readonly uid: string
  /** Milliseconds since 1970. */
  readonly created: number
  readonly wish: number | undefined
}

/**
 * The effective ranks of one group's pods, by uid. Each pod gets the rank it wishes for; where several wish for one
 * (two replicas decided at the same moment), the oldest has it, by creation time, then uid. Those left over, and pods
 * without a wish, take the lowest free ranks in the same order. A function of the set alone: every replica agrees.
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
  let free = 0
  for (const { uid } of disappointed) {
    while (taken.has(free)) free += 1
    taken.add(free)
    ranks.set(uid, free)
  }
  return ranks
}
