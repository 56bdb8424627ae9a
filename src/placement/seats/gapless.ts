import { farthestWish, type Seated } from './roster.ts'
import type { Sequence } from './sequence.ts'

/** As `Roster.isGapless`, without a roster: whether each group's pods were given exactly its first seats, each one of its own. */
export function areGapless(sequence: Sequence, seated: readonly Seated[]): boolean {
  const held = new Set(seated.map(({ seat }) => seat))
  if (held.size < seated.length) return false
  const pods: number[] = []
  for (const { group } of seated) pods[group] = (pods[group] ?? 0) + 1
  return seated.every(({ group, seat }) => {
    if (seat === undefined || seat >= farthestWish || sequence.groupOf(seat) !== group) return false
    // No two hold the same seat: none has a rank beyond its group's pods exactly where all the ranks below are held.
    return sequence.rankOf(seat) < (pods[group] ?? 0)
  })
}
