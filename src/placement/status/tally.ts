import type { Plan } from '../distributor/plan.ts'
import { createSequence } from '../seats/sequence.ts'
import { createSums, total, type Sum, type Sums } from './sums.ts'

/** What a sweep found of a distributor's pods that no admission placed. */
export interface Strays {
  /** Pods that stand on a node of no group, or on none yet; under `Audit`, and where pods may not be patched, all of them. */
  readonly pods: number
  /** Of those, how many stand on a node of each group, by its name. */
  readonly standing: ReadonlyMap<string, number>
}

/** A distributor's pods, counted. Lists are by group, in the order of `spec.distribution`. */
export interface Tally extends Sum {
  /** All of them: the placed ones, those of no group and the strays. */
  readonly pods: number
  /** Pods that no admission placed; under `Audit`, where none is, those that stand in no group. */
  readonly strays: number
}

/** Counts the pods of all revisions. Under `Audit` a pod counts where it stands, and all as one revision: no seat of theirs is known. */
export function tally({ distributor: { groups, enforcement } }: Plan, sums: Sums, strays: Strays): Tally {
  const isAudit = enforcement === 'Audit'
  const placed = sums.read()
  const standing = groups.map(({ name }) => strays.standing.get(name) ?? 0)
  const assigned = isAudit ? placed.assigned.map((pods, group) => pods + (standing[group] ?? 0)) : placed.assigned
  const counted = isAudit ? asOneRevision(groups, assigned) : placed
  const strayed = strays.pods - (isAudit ? total(standing) : 0)
  return {
    ...counted, assigned, ready: placed.ready, groupless: placed.groupless,
    pods: total(assigned) + placed.groupless + strayed,
    strays: Math.max(0, strayed),
  }
}

function asOneRevision(groups: Plan['distributor']['groups'], assigned: readonly number[]): Sum {
  const sums = createSums(groups)
  const pods = total(assigned)
  sums.add({ pods, assigned, ready: [], wanted: createSequence(groups).prefix(pods), groupless: 0 })
  return sums.read()
}
