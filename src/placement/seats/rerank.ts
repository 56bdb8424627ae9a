import { farthestWish } from './roster.ts'
import type { Sequence } from './sequence.ts'

/** A pod of one revision, to be given its place again. */
export interface RankedPod {
  readonly uid: string
  /** The group's index. */
  readonly group: number
  /** From its annotation: a wish. */
  readonly seat: number | undefined
  /** Milliseconds since 1970, to the second. */
  readonly created: number
}

/**
 * Closes the gaps of a revision: each group's pods, in the order of their effective seats, hold the first seats of that group. No pod
 * changes its group, and of two that held a seat the lower stays the lower; those without a valid seat, and the younger of two that were
 * given the same one, come last. Returns the new seats by uid, of those pods alone whose seat changes. Done twice, the second changes
 * nothing.
 *
 * @param groups how many there are
 */
export function rerank(sequence: Sequence, groups: number, pods: Iterable<RankedPod>): ReadonlyMap<string, number> {
  const byGroup = Map.groupBy(pods, ({ group }) => group)
  const taken = Array.from({ length: groups }, (_, group) => byGroup.get(group)?.length ?? 0)
  const seats = new Map<string, number>()
  for (const [group, members] of byGroup) {
    for (const [rank, { uid, seat }] of inOrder(sequence, group, members).entries()) {
      const next = sequence.seatOf(group, rank, taken)
      if (next !== seat) seats.set(uid, next)
    }
  }
  return seats
}

function inOrder(sequence: Sequence, group: number, pods: readonly RankedPod[]): readonly RankedPod[] {
  const { holders, others } = seatHolders(sequence, group, pods)
  return [...[...holders].toSorted(([a], [b]) => a - b).map(([, pod]) => pod), ...others]
}

/** Who of a group's pods holds the seat that it wishes for: of those that wish for one, the oldest. The others follow by age. */
export function seatHolders(
  sequence: Sequence, group: number, pods: readonly RankedPod[],
): { readonly holders: ReadonlyMap<number, RankedPod>, readonly others: readonly RankedPod[] } {
  const oldestFirst = pods.toSorted(byAge)
  const holders = new Map<number, RankedPod>()
  for (const pod of oldestFirst) {
    const { seat } = pod
    if (seat === undefined || seat >= farthestWish || sequence.groupOf(seat) !== group) continue
    if (!holders.has(seat)) holders.set(seat, pod)
  }
  const seated = new Set(holders.values())
  return { holders, others: oldestFirst.filter(pod => !seated.has(pod)) }
}

function byAge(a: RankedPod, b: RankedPod): number {
  return a.created - b.created || (a.uid < b.uid ? -1 : 1)
}
