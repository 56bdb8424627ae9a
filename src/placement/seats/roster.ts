import { createRow } from './row.ts'
import { roomBeyondBase, type Claim } from './ideal.ts'
import { seatLimit, type Sequence } from './sequence.ts'

/** What a pod, or a reservation for one, holds in a revision. `group` is the group's index. */
export interface Seated {
  readonly group: number
  /** The seat it was given, from its annotation: a wish. */
  readonly seat: number | undefined
}

export interface Seat {
  readonly group: number
  readonly seat: number
}

/** How the pods of one revision are seated: how many each group has, and which seats are free. Who sits where is not its business. */
export interface Roster {
  readonly add: (seated: Seated) => void
  /** Of one that was added, with the same group and wish. */
  readonly remove: (seated: Seated) => void
  /** Pods and reservations by group. */
  readonly counts: () => readonly number[]
  /**
   * Chooses a new pod's seat, without taking it. The group: of those that are open, the one whose next seat comes
   * first, when the pods of each group are thought of as filling its first seats; O(groups), whatever the number of
   * pods. The seat: the lowest of that group that nobody holds, so a replacement sits where its predecessor sat; that
   * takes the logarithm of their number. When no group is open, the pod keeps the group it would have had, and waits
   * there: it is never left unpinned.
   */
  readonly choose: (isOpen: (group: number) => boolean) => Seat
  /**
   * The group of a seat that the pod's controller chose: the sequence says it, and nothing else does. Where that group is
   * closed its seats are passed over: the open group that comes next takes the pod. Not one with a `max` or without a weight: what it
   * may have, its own seats fill. Where no other is open, the pod keeps its seat's group, and waits. Undefined beyond the last seat.
   */
  readonly groupAt: (seat: number, isOpen: (group: number) => boolean) => Seat | undefined
  /**
   * The lowest seat of a group that nobody holds, for a pod that stands there already; the last seat of all when the group has none left.
   */
  readonly freeSeatOf: (group: number) => number
  /** Whether each group's pods were given exactly its first seats, each one of its own. */
  readonly isGapless: () => boolean
}

/**
 * Seats beyond this many are not believed when a pod wishes for one: the sequence would have to be walked that far for an
 * annotation that anyone may have written. The pod counts all the same, and a revision with more pods than this stays exact: those
 * beyond hold the lowest ranks that nobody wishes for.
 */
export const farthestWish = 65_536

/** How far past a closed group's seat the next open group is looked for; a rarer one than that is taken as listed. */
const farthestNeighbour = 4096

const nobody: Claim = { weight: 0, base: 0 }

const anyGroup = (): boolean => true

export function createRoster(sequence: Sequence, groups: readonly Claim[]): Roster {
  const rows = groups.map(() => createRow())
  const taken = rows.map(() => 0)

  /** The rank a pod wishes for within its group; none when the seat belongs to another group by now. */
  const wishOf = ({ seat, group }: Seated): number | undefined => {
    if (seat === undefined || seat >= farthestWish) return undefined
    return sequence.groupOf(seat) === group ? sequence.rankOf(seat) : undefined
  }

  const freeSeatOf = (group: number): number => sequence.seatOf(group, rows[group]?.lowestFree() ?? 0, taken)

  return {
    add(seated) {
      const row = rows[seated.group]
      if (row === undefined) return
      row.add(wishOf(seated))
      taken[seated.group] = row.size()
    },
    remove(seated) {
      const row = rows[seated.group]
      if (row === undefined) return
      row.remove(wishOf(seated))
      taken[seated.group] = row.size()
    },
    counts: () => taken,
    freeSeatOf,
    isGapless: () => rows.every(row => row.isGapless()),
    choose(isOpen) {
      const group = sequence.nextGroup(taken, isOpen) ?? sequence.nextGroup(taken, anyGroup)
      if (group === undefined) throw new Error('no group has a seat left: at least one group needs a weight and no max')
      return { group, seat: freeSeatOf(group) }
    },
    groupAt(seat, isOpen) {
      if (seat >= seatLimit) return undefined
      const own = sequence.groupOf(seat)
      if (isOpen(own)) return { group: own, seat }
      const others = [...groups.keys()].filter(group => isOpen(group) && roomBeyondBase(groups[group] ?? nobody) === Infinity)
      const passed = Math.min(seatLimit, seat + farthestNeighbour)
      for (let next = seat + 1; others.length > 0 && next < passed; next += 1) {
        if (others.includes(sequence.groupOf(next))) return { group: sequence.groupOf(next), seat }
      }
      return { group: others[0] ?? own, seat }
    },
  }
}
