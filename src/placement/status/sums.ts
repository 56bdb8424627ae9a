import { ideal, type Claim } from '../seats/ideal.ts'
import type { Standing } from '../seats/standing.ts'

/** Revisions, added up. Lists are by group, in the order of `spec.distribution`. */
export interface Sum {
  readonly assigned: readonly number[]
  readonly ready: readonly number[]
  /** Of each revision the first seats, as many as it has pods; all added up. */
  readonly wanted: readonly number[]
  /** Pods that a group has beyond those, revision by revision. */
  readonly surplus: readonly number[]
  /** Groups that have reached their max, in every revision that has pods. */
  readonly full: readonly boolean[]
  /** The greatest distance of a group from its ideal, in any revision. Pods. */
  readonly deviation: number
  /** Revisions that have pods, and those of them in which a pod stands wrong. */
  readonly revisions: number
  readonly wrongRevisions: number
  /** Pods whose group the distributor does not have any more. */
  readonly groupless: number
}

/** Adds up how revisions stand, one after the other: there may be 150,000, and nothing is kept of each. */
export interface Sums {
  readonly add: (standing: Omit<Standing, 'owner'>) => void
  readonly read: () => Sum
}

export function createSums(groups: readonly Claim[]): Sums {
  const [assigned, ready, wanted, surplus] = [zeros(groups), zeros(groups), zeros(groups), zeros(groups)]
  const full = groups.map(({ max }) => max !== undefined)
  /** Many revisions are of one size. */
  const ideals = new Map<number, readonly number[]>()
  let [deviation, revisions, wrongRevisions, groupless] = [0, 0, 0, 0]

  const idealOf = (pods: number): readonly number[] => {
    const found = ideals.get(pods) ?? ideal(groups, pods)
    ideals.set(pods, found)
    return found
  }
  return {
    add(one) {
      groupless += one.groupless
      if (one.pods === 0) return
      const wished = idealOf(one.pods)
      let isWrong = false
      for (const [group, { max = Infinity }] of groups.entries()) {
        const [has, wants] = [one.assigned[group] ?? 0, one.wanted[group] ?? 0]
        grow(assigned, group, has)
        grow(ready, group, one.ready[group] ?? 0)
        grow(wanted, group, wants)
        grow(surplus, group, Math.max(0, has - wants))
        isWrong ||= has > wants
        if (has < max) full[group] = false
        deviation = Math.max(deviation, Math.abs(has - (wished[group] ?? 0)))
      }
      revisions += 1
      if (isWrong) wrongRevisions += 1
    },
    read: () => ({
      assigned, ready, wanted, surplus, full: full.map(isFull => isFull && revisions > 0), deviation, revisions, wrongRevisions, groupless,
    }),
  }
}

function zeros(groups: readonly Claim[]): number[] {
  return groups.map(() => 0)
}

function grow(counts: number[], group: number, by: number): void {
  counts[group] = (counts[group] ?? 0) + by
}

/** The sum of a list of counts. */
export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
