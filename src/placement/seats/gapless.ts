import { farthestWish, type Seated } from './roster.ts'
import type { Sequence } from './sequence.ts'

/** As `Roster.isGapless`, of a few pods and without a roster: whether each group's pods were given exactly its first seats, each one of its own. */
export function areGapless(sequence: Sequence, seated: readonly Seated[]): boolean {
  const held = new Set(seated.map(({ seat }) => seat))
  return held.size === seated.length && seated.every(({ group, seat }) => {
    if (seat === undefined || seat >= farthestWish || sequence.groupOf(seat) !== group) return false
    // No two hold the same seat: none has a rank beyond its group's pods exactly where all the ranks below are held.
    return sequence.rankOf(seat) < seated.filter(other => other.group === group).length
  })
}
