import type { Claim } from '../seats/ideal.ts'
import { createPlan, type Plan } from './plan.ts'

/** Whether shares are all that a group says. */
function isPlainClaim({ base, max }: Claim): boolean {
  return base === 0 && max === undefined
}

/** Whether shares are all that a plan says: of such plans those of several races add up. */
export function isPlain({ distributor }: Plan): boolean {
  return distributor.groups.every(isPlainClaim)
}

/**
 * What a group leaves to be given out beside `others` pods: the `base` that they do not fill, the room that they leave below its `max`. Its
 * weight is for the rest alone. `others` is negative where some of what was given out has gone since, and is to be given out again.
 */
export function leftOf<T extends Claim>(group: T, others: number): T {
  if (isPlainClaim(group)) return group
  const base = Math.max(0, group.base - others)
  return group.max === undefined ? { ...group, base } : { ...group, base, max: Math.max(0, group.max - others) }
}

/** What a plan leaves to be given out beside `others[i]` pods that group i has; see {@link leftOf}. */
export function restOf({ distributor }: Plan, others: readonly number[]): Plan {
  return createPlan({ ...distributor, groups: distributor.groups.map((group, index) => leftOf(group, others[index] ?? 0)) })
}
