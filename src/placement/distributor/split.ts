import { createSequence, type Sequence } from '../seats/sequence.ts'
import { createStarts, type Starts } from '../seats/starts.ts'
import type { Group } from './distributor.ts'

/** How pods are split among groups: all of a plan that does not depend on whose pods they are. */
export interface Split {
  readonly groups: readonly Group[]
  /** From a group's name to its index in `groups`. */
  readonly groupIndex: ReadonlyMap<string, number>
  /** From its beginning; computed at first need. */
  readonly sequence: () => Sequence
  /** From a phase on; those that start at the same one share it. */
  readonly sequenceAt: (phase: number) => Sequence
}

export function createSplit(groups: readonly Group[]): Split {
  let whole: Sequence | undefined
  return {
    groups,
    groupIndex: new Map(groups.map((group, index) => [group.name, index])),
    sequence: () => (whole ??= createSequence(groups)),
    sequenceAt: createSequences(groups),
  }
}

/** By phase; kept for as long as a revision uses it, lest those of a CronJob's Jobs add up: another is made in microseconds. */
function createSequences(groups: readonly Group[]): (phase: number) => Sequence {
  let starts: Starts | undefined
  const sequences = new Map<number, WeakRef<Sequence>>()
  return phase => {
    const known = sequences.get(phase)?.deref()
    if (known !== undefined) return known
    starts ??= createStarts(groups)
    const fresh = createSequence(groups, phase, starts)
    sequences.set(phase, new WeakRef(fresh))
    return fresh
  }
}
