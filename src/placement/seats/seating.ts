import type { Plan } from '../distributor/plan.ts'
import { areGapless } from './gapless.ts'
import { createRoster, type Roster, type Seated } from './roster.ts'
import type { Sequence } from './sequence.ts'

/** What a pod and a reservation for one have in common. */
export interface Sitter {
  readonly distributor: string
  /** The group's name. */
  readonly group: string
  readonly seat: number | undefined
}

/**
 * The roster of one revision under the plan that decided last, kept up to date until the plan is another. Of a few that sit it is made each
 * time it is asked for, and not kept: a cluster may have 150,000 revisions of one pod, and a roster takes more memory than the pod.
 */
export interface Seating {
  readonly sit: (one: Sitter) => void
  /** Of one that sits; undefined: nobody does. */
  readonly leave: (one: Sitter | undefined) => void
  /** To be used at once. `count`: how many `sitters` there are: all that sit. */
  readonly under: (plan: Plan, count: number, sitters: () => Iterable<Sitter>) => Roster
  /** The sequence of this revision under a plan; what sits is not touched. */
  readonly sequenceUnder: (plan: Plan) => Sequence
  /**
   * Whether the pods of each group were given exactly its first seats, each one of its own. Made for looking at all revisions again and
   * again: no roster is made for it, and nothing is looked at twice.
   */
  readonly isGapless: (plan: Plan, sitters: () => Iterable<Sitter>) => boolean
  /** How often one sat down or left: the same number twice means that nothing has happened in between. */
  readonly changes: () => number
}

/** Sitters of whom no roster is kept. */
const few = 8

export function createSeating(owner: string): Seating {
  let current: { readonly plan: Plan, readonly sequence: Sequence, readonly roster: Roster } | undefined
  let changes = 0
  let looked: { readonly plan: Plan, readonly changes: number, readonly gapless: boolean } | undefined

  const sequenceUnder = (plan: Plan): Sequence => (current?.plan === plan ? current.sequence : plan.sequenceFor(owner))
  const under = (plan: Plan, count: number, sitters: () => Iterable<Sitter>): Roster => {
    if (current?.plan === plan) return current.roster
    const sequence = plan.sequenceFor(owner)
    const roster = createRoster(sequence, plan.distributor.groups)
    for (const one of sitters()) seatedUnder(plan, one, roster.add)
    current = count > few ? { plan, sequence, roster } : undefined
    return roster
  }
  return {
    under,
    sequenceUnder,
    sit(one) {
      changes += 1
      if (current !== undefined) seatedUnder(current.plan, one, current.roster.add)
    },
    leave(one) {
      if (one === undefined) return
      changes += 1
      if (current !== undefined) seatedUnder(current.plan, one, current.roster.remove)
    },
    isGapless(plan, sitters) {
      if (current?.plan === plan) return current.roster.isGapless()
      if (looked?.plan !== plan || looked.changes !== changes) {
        const seated: Seated[] = []
        for (const one of sitters()) seatedUnder(plan, one, each => seated.push(each))
        looked = { plan, changes, gapless: areGapless(sequenceUnder(plan), seated) }
      }
      return looked.gapless
    },
    changes: () => changes,
  }
}

/** Pods of another distributor, or of a group that the plan no longer has, hold no seat. */
function seatedUnder(
  { distributor: { name }, groupIndex }: Plan, { distributor, group, seat }: Sitter, tell: (seated: Seated) => void,
): void {
  const index = groupIndex.get(group)
  if (index !== undefined && distributor === name) tell({ group: index, seat })
}
