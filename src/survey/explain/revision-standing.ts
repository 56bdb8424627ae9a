import type { Plan } from '../../placement/distributor/plan.ts'
import type { Knowledge } from '../../placement/knowledge.ts'
import { matchesLabels } from '../../placement/nodes/requirements.ts'
import { effectiveSeats } from '../../placement/seats/effective-seats.ts'
import { isActive, type SeenPod } from './seen-pod.ts'

/** How one group of a revision stands. */
export interface GroupStanding {
  readonly name: string
  readonly weight: number
  /** weight ÷ sum of weights, 0 … 1. */
  readonly share: number
  readonly base: number
  readonly max?: number
  /** Of the revision's first seats, as many as it has pods: those of this group. */
  readonly wanted: number
  readonly pods: number
  readonly ready: number
  /** Nodes of the group; undefined where nodes are not known. */
  readonly nodes: number | undefined
}

/** How the groups of a revision stand, in the order of `spec.distribution`: counted as the distributor's status counts them. */
export function standingOfRevision(
  { revisions, nodes }: Pick<Knowledge, 'revisions' | 'nodes'>, plan: Plan, namespace: string, owner: string,
): readonly GroupStanding[] {
  const { assigned, ready, wanted } = revisions.of(namespace, owner).standing(plan)
  const { groups } = plan.distributor
  const weights = groups.reduce((sum, { weight }) => sum + weight, 0)
  const all = [...nodes.all()]
  return groups.map(({ name, weight, base, max, expressions }, index) => ({
    name, weight, share: weights === 0 ? 0 : weight / weights, base, ...max === undefined ? {} : { max },
    wanted: wanted[index] ?? 0, pods: assigned[index] ?? 0, ready: ready[index] ?? 0,
    nodes: all.length === 0 ? undefined : all.filter(({ labels }) => matchesLabels(expressions, labels)).length,
  }))
}

/** The seats that the pods of a revision hold now, by uid. */
export function seatsOfRevision(
  { distributor, groupIndex, sequenceFor }: Plan, owner: string, pods: readonly SeenPod[],
): ReadonlyMap<string, number> {
  const ranked = pods.filter(isActive).flatMap(({ placed }) => {
    const group = placed?.distributor === distributor.name && placed.owner === owner ? groupIndex.get(placed.group) : undefined
    return placed === undefined || group === undefined ? [] : [{ uid: placed.uid, group, seat: placed.seat, created: placed.created }]
  })
  return effectiveSeats(sequenceFor(owner), distributor.groups.length, ranked)
}
