import type { Plan } from '../distributor/plan.ts'
import { createRoster, type Roster, type Seated } from './roster.ts'
import type { Sequence } from './sequence.ts'

/** What a pod and a reservation for one have in common. */
export interface Sitter {
  readonly distributor: string
  /** The group's name. */
  readonly group: string
  readonly seat: number | undefined
}

/** The roster of one revision under the plan that decided last, kept up to date until the plan is another. */
export interface Seating {
  readonly sit: (one: Sitter) => void
  /** Of one that sits; undefined: nobody does. */
  readonly leave: (one: Sitter | undefined) => void
  /** `sitters`: all that sit, asked for when the plan is another. */
  readonly under: (plan: Plan, sitters: () => Iterable<Sitter>) => Roster
  /** The sequence of this revision under a plan; what sits is not touched. */
  readonly sequenceUnder: (plan: Plan) => Sequence
}

export function createSeating(owner: string): Seating {
  let current: { readonly plan: Plan, readonly sequence: Sequence, readonly roster: Roster } | undefined

  /** Pods of another distributor, or of a group that the plan no longer has, hold no seat. */
  const seatOf = ({ distributor, group, seat }: Sitter): Seated | undefined => {
    const index = current?.plan.groupIndex.get(group)
    return index === undefined || distributor !== current?.plan.distributor.name ? undefined : { group: index, seat }
  }
  const sit = (one: Sitter): void => {
    const seated = seatOf(one)
    if (seated !== undefined) current?.roster.add(seated)
  }

  return {
    sit,
    leave(one) {
      const seated = one === undefined ? undefined : seatOf(one)
      if (seated !== undefined) current?.roster.remove(seated)
    },
    under(plan, sitters) {
      if (current?.plan === plan) return current.roster
      const sequence = plan.sequenceFor(owner)
      const { roster } = current = { plan, sequence, roster: createRoster(sequence, plan.distributor.groups) }
      for (const one of sitters()) sit(one)
      return roster
    },
    sequenceUnder: plan => (current?.plan === plan ? current.sequence : plan.sequenceFor(owner)),
  }
}
