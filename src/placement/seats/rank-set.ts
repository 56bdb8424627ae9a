/** A set of ranks (0, 1, 2 …) that knows its gaps. */
export interface RankSet {
  /** Not in the set yet. */
  readonly add: (rank: number) => void
  /** In the set. */
  readonly remove: (rank: number) => void
  /** The rank that is not in the set and has `before` such ranks below it. */
  readonly gap: (before: number) => number
}

/**
 * A Fenwick tree (P. M. Fenwick, "A new data structure for cumulative frequency tables", 1994): entry i counts the ranks of the
 * set among the last i & −i ranks below i. Every operation takes the logarithm of the highest rank: pods that come and go in the middle
 * of a large revision, and seats given twice, cost no walk over all of its pods.
 */
export function createRankSet(): RankSet {
  let tree: number[] = empty(8)
  const capacity = (): number => tree.length - 1

  const grow = (): void => {
    const half = capacity()
    tree = [...tree, ...empty(half - 1)]
    tree[2 * half] = tree[half] ?? 0
  }
  const change = (rank: number, by: 1 | -1): void => {
    while (rank >= capacity()) grow()
    for (let i = rank + 1; i <= capacity(); i += i & -i) tree[i] = (tree[i] ?? 0) + by
  }

  return {
    add: rank => change(rank, 1),
    remove: rank => change(rank, -1),
    gap(before) {
      let below = 0
      let left = before
      for (let width = capacity(); width >= 1; width /= 2) {
        if (below + width > capacity()) continue
        const gaps = width - (tree[below + width] ?? 0)
        if (gaps > left) continue
        below += width
        left -= gaps
      }
      return below === capacity() ? below + left : below
    },
  }
}

/** A tree of this many ranks, none of which is in the set. (A typed array costs more to make than all that most revisions do with it.) */
function empty(capacity: number): number[] {
  return Array.from<number>({ length: capacity + 1 }).fill(0)
}
