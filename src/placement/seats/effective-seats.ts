import { seatHolders, type RankedPod } from './rerank.ts'
import { createRow } from './row.ts'
import type { Sequence } from './sequence.ts'

/**
 * The seat that each pod of a revision holds now, by uid: the one that it was given, where that is of its group and no older pod has it;
 * else, in order of creation time and uid, the lowest of its group that nobody holds. Nothing is renumbered (see `rerank`).
 *
 * @param groups how many there are
 */
export function effectiveSeats(sequence: Sequence, groups: number, pods: Iterable<RankedPod>): ReadonlyMap<string, number> {
  const byGroup = Map.groupBy(pods, ({ group }) => group)
  const taken = Array.from({ length: groups }, (_, group) => byGroup.get(group)?.length ?? 0)
  const seats = new Map<string, number>()
  for (const [group, members] of byGroup) {
    const { holders, others } = seatHolders(sequence, group, members)
    const row = createRow()
    for (const [seat, { uid }] of holders) {
      row.add(sequence.rankOf(seat))
      seats.set(uid, seat)
    }
    for (const { uid } of others) {
      const rank = row.lowestFree()
      row.add(rank)
      seats.set(uid, sequence.seatOf(group, rank, taken))
    }
  }
  return seats
}
