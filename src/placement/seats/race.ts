import { roomBeyondBase, type Claim } from './ideal.ts'

/** Gives the seats beyond the base, one after the other: the group (its index) that takes the next one. */
export type Race = () => number

interface Runner {
  readonly group: number
  readonly weight: number
  readonly room: number
  taken: number
  /** Its ideal has reached its room: it takes what is left of that, and its weight no longer counts. */
  full: boolean
}

/**
 * Tijdeman's chairman assignment (R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32, 1980).
 *
 * For k groups let δ = 1/(2k−2), Xᵢ(n) the ideal of group i after n seats, cᵢ what it has taken. At seat n group i is
 * eligible iff Xᵢ(n) − cᵢ ≥ δ; among the eligible the earliest deadline wins, the least t with Xᵢ(t) − cᵢ > 1 − δ; ties
 * go to the earlier group. Every prefix then stays within 1 − δ of the ideal, which no other order can better. The
 * theorem holds for shares that vary with n, so a group that reaches its room simply stops: the race is never restarted.
 *
 * While its ideal rises, Xᵢ = weight · level, where the level is the same for all groups and never falls: so the deadlines
 * are ordered by the level they fall on, (cᵢ + 1 − δ) / weightᵢ, and n does not enter.
 *
 * All of it is integer arithmetic: both comparisons are multiplied out. With at most 32 groups, weights up to 10⁶ and
 * 2²⁰ seats (see `sequence.ts`) no product exceeds 62 · 2²⁰ · 32·10⁶ ≈ 2.1·10¹⁵, below 2⁵³ ≈ 9.0·10¹⁵ up to which a
 * double holds every integer: nothing is ever rounded, so nothing can drift.
 *
 * `taken`, which `createStarts` knows, enters a race in which each group has had so many seats, run until then as though no group had a
 * max: what follows is a window of it, and the ideals of both its ends bound it. Rooms count from there.
 */
export function createRace(claims: readonly Claim[], taken: readonly number[] = []): Race {
  const runners: readonly Runner[] = claims
    .map((claim, group) => ({ claim, group, taken: taken[group] ?? 0 }))
    .filter(({ claim }) => roomBeyondBase(claim) > 0)
    .map(({ claim, group, taken: had }) => ({ group, weight: claim.weight, room: had + roomBeyondBase(claim), taken: had, full: false }))
  /** 1/δ. One group alone takes every seat: any δ up to 1 says so, and 1 says that it is never off. */
  const twoKLessTwo = Math.max(1, 2 * runners.length - 2)
  let seat = runners.reduce((sum, runner) => sum + runner.taken, 0)
  /** Seats and weight that the groups still rising share: level = seats ÷ weight. */
  let lost = 0
  let weight = runners.reduce((sum, runner) => sum + runner.weight, 0)

  const settle = (): void => {
    const filled = runners.find(runner => !runner.full && runner.weight * (seat - lost) >= runner.room * weight)
    if (filled === undefined) return
    filled.full = true
    lost += filled.room
    weight -= filled.weight
    settle()
  }
  const isEligible = (runner: Runner): boolean => runner.full
    ? runner.taken < runner.room
    : twoKLessTwo * (runner.weight * (seat - lost) - runner.taken * weight) >= weight
  const isEarlier = (a: Runner, b: Runner): boolean =>
    (twoKLessTwo * a.taken + twoKLessTwo - 1) * b.weight < (twoKLessTwo * b.taken + twoKLessTwo - 1) * a.weight

  return () => {
    seat += 1
    settle()
    let winner: Runner | undefined
    for (const runner of runners) {
      if (isEligible(runner) && (winner === undefined || isEarlier(runner, winner))) winner = runner
    }
    if (winner === undefined) throw new Error('no group is eligible: at least one group needs a weight and no max')
    winner.taken += 1
    return winner.group
  }
}
