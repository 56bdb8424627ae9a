import { createPlan, type Plan } from './plan.ts'

/**
 * What a plan leaves to be given out beside `taken[i]` pods that group i has: the `base` that they do not fill, the room that they leave
 * below a `max`. The weights are for the rest alone. A plan without `base` and `max` leaves itself.
 */
export function restOf(plan: Plan, taken: readonly number[]): Plan {
  const { distributor } = plan
  let isLess = false
  const groups = distributor.groups.map((group, index) => {
    const there = taken[index] ?? 0
    if (there === 0 || (group.base === 0 && group.max === undefined)) return group
    isLess = true
    const base = Math.max(0, group.base - there)
    return group.max === undefined ? { ...group, base } : { ...group, base, max: Math.max(0, group.max - there) }
  })
  return isLess ? createPlan({ ...distributor, groups }) : plan
}
