import { roomBeyondBase, type Claim } from './ideal.ts'
import { createRace, type Race } from './race.ts'
import { createStarts, type Starts } from './starts.ts'

/**
 * Seats that a sequence has: 2²⁰, seven times what Kubernetes supports in pods a cluster (150,000). It bounds the
 * memory of one sequence (5 MB if ever walked to its end) and keeps its arithmetic exact (`race.ts`).
 */
export const seatLimit = 2 ** 20

/**
 * How many seats are looked through for each pod of a revision, and for the next one. Only a group with a share below 1/8,192, alone
 * open, is not found by then; without a horizon its first pod would walk to the end of the sequence: up to a second of everybody's time.
 */
const horizon = 8192

/** Which group each seat belongs to. Computed as far as anyone has asked, and remembered. Groups are indices. */
export interface Sequence {
  /** The group that `seat` (0 … seatLimit − 1) belongs to. */
  readonly groupOf: (seat: number) => number
  /** How many seats below `seat` belong to the same group. */
  readonly rankOf: (seat: number) => number
  /** How many of the first `pods` seats belong to each group. */
  readonly prefix: (pods: number) => readonly number[]
  /**
   * The seat of a group's pod number `rank` (0, 1, 2 …), in a revision of which group i has `taken[i]` pods; the last seat of all
   * when it lies beyond the horizon, or the group has no such seat.
   */
  readonly seatOf: (group: number, rank: number, taken: readonly number[]) => number
  /**
   * The group whose next seat comes first, when group i fills its first `taken[i]` seats; undefined when none of the
   * groups that `isOpen` lets through has a seat left. Looks no further along the sequence than it has to, and not beyond the
   * horizon: where all the seats of those groups lie farther, it is the one that has least for its weight.
   */
  readonly nextGroup: (taken: readonly number[], isOpen: (group: number) => boolean) => number | undefined
}

/**
 * The sequence of a list of groups: the base seats, group by group in the listed order, then Tijdeman's race.
 * A `phase` above 0 enters the weighted race after that many seats, so that many small workloads together
 * keep the shares: any window of the race is less than 2 pods off. `starts`: of the same claims, for who has many phases.
 */
export function createSequence(claims: readonly Claim[], phase = 0, starts: Starts = createStarts(claims)): Sequence {
  const next = createOwners(claims, starts(phase))
  const owners: number[] = []
  const ranks: number[] = []
  const seats: number[][] = claims.map(() => [])
  const capacity = claims.map(claim => claim.base + roomBeyondBase(claim))

  const extend = (): void => {
    const owner = next()
    const own = seats[owner] ?? []
    ranks.push(own.length)
    own.push(owners.length)
    owners.push(owner)
  }
  const extendTo = (end: number): void => {
    while (owners.length < end) extend()
  }

  return {
    groupOf(seat) {
      extendTo(endAfter(seat))
      return owners[seat] ?? 0
    },
    rankOf(seat) {
      extendTo(endAfter(seat))
      return ranks[seat] ?? 0
    },
    prefix(pods) {
      const end = Math.min(pods, seatLimit)
      extendTo(end)
      return seats.map(own => countBelow(own, end))
    },
    seatOf(group, rank, taken) {
      const own = seats[group] ?? []
      const end = endFor(taken)
      while (own.length <= rank && owners.length < end && rank < (capacity[group] ?? 0)) extend()
      return own[rank] ?? seatLimit - 1
    },
    nextGroup(taken, isOpen) {
      const found = nextKnown(seats, taken, isOpen)
      if (found !== undefined) return found
      const open = [...claims.keys()].filter(group => isOpen(group) && (taken[group] ?? 0) < (capacity[group] ?? 0))
      const end = open.length === 0 ? 0 : endFor(taken)
      while (owners.length < end) {
        extend()
        const next = nextKnown(seats, taken, isOpen)
        if (next !== undefined) return next
      }
      return leastForItsWeight(claims, taken, open)
    },
  }
}

function endAfter(seat: number): number {
  if (seat >= seatLimit) throw new RangeError(`seat ${seat} is beyond the last one, ${seatLimit - 1}`)
  return seat + 1
}

/** How many of these seats, which rise, lie below one. */
function countBelow(seats: readonly number[], seat: number): number {
  let [low, high] = [0, seats.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((seats[middle] ?? Infinity) < seat) low = middle + 1
    else high = middle
  }
  return low
}

/** Where looking for a revision's next seat ends. */
function endFor(taken: readonly number[]): number {
  return Math.min(seatLimit, horizon * taken.reduce((sum, pods) => sum + pods, 1))
}

function leastForItsWeight(claims: readonly Claim[], taken: readonly number[], among: readonly number[]): number | undefined {
  const level = (group: number): number => ((taken[group] ?? 0) + 1) / (claims[group]?.weight ?? 0)
  return among.toSorted((a, b) => level(a) - level(b))[0]
}

/** As `nextGroup`, among the seats computed so far. */
function nextKnown(
  seats: readonly (readonly number[])[], taken: readonly number[], isOpen: (group: number) => boolean,
): number | undefined {
  let first: number | undefined
  let firstSeat = Infinity
  for (let group = 0; group < seats.length; group += 1) {
    const seat = seats[group]?.[taken[group] ?? 0] ?? Infinity
    if (seat < firstSeat && isOpen(group)) [first, firstSeat] = [group, seat]
  }
  return first
}

/** The owners of the seats one after the other: first the base, then the race. */
function createOwners(claims: readonly Claim[], taken: readonly number[]): Race {
  const base = claims.flatMap((claim, group) => ({ group, left: claim.base })).filter(({ left }) => left > 0)
  const weighted = createRace(claims, taken)
  return () => {
    const [first] = base
    if (first === undefined) return weighted()
    first.left -= 1
    if (first.left === 0) base.shift()
    return first.group
  }
}
