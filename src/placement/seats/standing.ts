import type { Plan } from '../distributor/plan.ts'
import type { Sequence } from './sequence.ts'

/** How the pods of one revision stand that a distributor placed. Lists are by group, in the order of `spec.distribution`. */
export interface Standing {
  /** The uid of the controlling owner. */
  readonly owner: string
  /** Pods that hold a seat. */
  readonly pods: number
  readonly assigned: readonly number[]
  /** Those of them that are Ready, as far as that is watched. */
  readonly ready: readonly number[]
  /** The first `pods` seats of the sequence: what each group would have were they all where they belong. */
  readonly wanted: readonly number[]
  /** Pods that carry the distributor's label beside a group that it does not have (any more). */
  readonly groupless: number
}

/** What standing is told from, of one pod. */
export interface StandingPod {
  readonly distributor: string
  readonly group: string
  readonly ready: boolean
}

/** How the pods of one revision stand under a plan; those of other distributors are passed over. */
export function standingOf(owner: string, { distributor, groupIndex }: Plan, sequence: Sequence, pods: Iterable<StandingPod>): Standing {
  const assigned = distributor.groups.map(() => 0)
  const ready = distributor.groups.map(() => 0)
  let groupless = 0
  for (const pod of pods) {
    if (pod.distributor !== distributor.name) continue
    const group = groupIndex.get(pod.group)
    if (group === undefined) groupless += 1
    else {
      assigned[group] = (assigned[group] ?? 0) + 1
      if (pod.ready) ready[group] = (ready[group] ?? 0) + 1
    }
  }
  const seated = assigned.reduce((sum, count) => sum + count, 0)
  return { owner, pods: seated, assigned, ready, wanted: sequence.prefix(seated), groupless }
}
