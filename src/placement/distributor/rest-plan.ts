import { createPlan, type Plan } from './plan.ts'

/** Whether shares are all that a plan says: of such plans those of several races add up. */
export function isPlain({ distributor }: Plan): boolean {
  return distributor.groups.every(({ base, max }) => base === 0 && max === undefined)
}

/**
 * What a plan leaves to be given out beside `others[i]` pods that group i has: the `base` that they do not fill, the room that they leave
 * below a `max`. The weights are for the rest alone. Negative where some of what is given out has gone since, and is to be given out again.
 */
export function restOf({ distributor }: Plan, others: readonly number[]): Plan {
  const groups = distributor.groups.map((group, index) => {
    const there = others[index] ?? 0
    if (group.base === 0 && group.max === undefined) return group
    const base = Math.max(0, group.base - there)
    return group.max === undefined ? { ...group, base } : { ...group, base, max: Math.max(0, group.max - there) }
  })
  return createPlan({ ...distributor, groups })
}
