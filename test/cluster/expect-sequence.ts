import type { Test } from 'tap'
import { unfairGroups, type Claims } from './fairness.ts'

/**
 * The first seats of Tijdeman's sequence for constant shares, as indices of groups. Written apart from the product's, from the theorem
 * alone (R. Tijdeman, "The chairman assignment problem", 1980), in exact integers: share λ = weight ÷ total, δ = 1/(2k−2); after n
 * seats a group with c of them is eligible iff λn − c ≥ δ, and its deadline is the t at which λt − c = 1 − δ.
 */
export function tijdeman(weights: readonly number[], seats: number): readonly number[] {
  const total = BigInt(weights.reduce((sum, weight) => sum + weight, 0))
  const d = BigInt(2 * weights.length - 2)
  const groups = weights.map((weight, index) => ({ index, weight: BigInt(weight), taken: 0n }))
  return Array.from({ length: seats }, (_, before) => {
    const n = BigInt(before + 1)
    const eligible = groups.filter(({ weight, taken }) => d * (weight * n - taken * total) >= total)
    // Deadlines are (c·d + d − 1) · total ÷ (d · weight): what all have in common is left out. The sort keeps ties in the listed order.
    const deadline = (taken: bigint) => taken * d + d - 1n
    const [first] = eligible.toSorted((a, b) => Number(deadline(a.taken) * b.weight - deadline(b.taken) * a.weight))
    first!.taken += 1n
    return first!.index
  })
}

/** The names of the groups that seats `from` to `from + count − 1` belong to. */
export function groupsOfSeats(claims: Claims, count: number, from = 0): readonly string[] {
  const names = Object.keys(claims)
  const weights = Object.values(claims).map(({ weight }) => weight)
  return tijdeman(weights, from + count).slice(from).map(group => names[group]!)
}

/**
 * Each pod stands on the group of the seat that its number (ordinal, index, order) says: all of them, by the sequence computed here,
 * and every prefix by the exact ideal.
 *
 * @param standing the groups that pods 0, 1, 2 … stand on
 */
export function standsBySequence(t: Test, claims: Claims, standing: readonly string[], when: string): void {
  t.same(standing, groupsOfSeats(claims, standing.length), `${when}: ${standing.length} pods, each on the group of its seat`)
  const unfair = standing.keys().filter(last => {
    const prefix = Map.groupBy(standing.slice(0, last + 1), group => group).entries()
    return unfairGroups(claims, Object.fromEntries(prefix.map(([group, { length }]) => [group, length]))).length > 0
  })
  t.same([...unfair], [], `${when}: every prefix is within the bound`)
}
