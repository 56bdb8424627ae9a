import type { Test } from 'tap'
import type { Claim } from '../../src/placement/seats/ideal.ts'
import { roomBeyondBase } from '../../src/placement/seats/ideal.ts'
import { exactIdeal, isWithinBound } from '../placement/seats/exact-ideal.ts'

/** What each group may claim, by the value that the group's label has on its nodes. */
export type Claims = Readonly<Record<string, Claim>>

/** The split of the classic sample, by the nodes' label `type`. */
export const classic: Claims = { default: { weight: 80, base: 0 }, spot: { weight: 20, base: 0 } }

/** Six groups with base and max, by the nodes' label `pool`. */
export const uneven: Claims = {
  p1: { weight: 7, base: 2 },
  p2: { weight: 13, base: 0, max: 20 },
  p3: { weight: 1, base: 1 },
  p4: { weight: 29, base: 0 },
  p5: { weight: 3, base: 0, max: 4 },
  p6: { weight: 5, base: 3, max: 30 },
}

/** The groups that are farther from the exact ideal than the proven bound; no group is, for counts that are fair. */
export function unfairGroups(claims: Claims, counts: Readonly<Record<string, number>>): readonly string[] {
  const groups = Object.values(claims)
  const pods = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const k = groups.filter(claim => roomBeyondBase(claim) > 0).length
  const wanted = exactIdeal(groups, pods)
  return Object.keys(claims).filter((name, index) => !isWithinBound(counts[name] ?? 0, wanted[index]!, k))
}

/** Each group's pods, by the nodes they stand on, against the exact ideal. */
export function isFair(t: Test, claims: Claims, counts: Readonly<Record<string, number>>, when = ''): void {
  const pods = Object.values(counts).reduce((sum, count) => sum + count, 0)
  t.same(unfairGroups(claims, counts), [], `${when}${pods} pods stand ${JSON.stringify(counts)}`)
  t.same(Object.keys(counts).filter(name => claims[name] === undefined), [], 'none stands elsewhere')
  for (const [name, { max = Infinity }] of Object.entries(claims)) t.ok((counts[name] ?? 0) <= max, `${name} is within its max`)
}
