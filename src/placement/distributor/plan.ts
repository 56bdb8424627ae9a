import type { PodDistributor } from './distributor.ts'
import { createSequence, type Sequence } from '../seats/sequence.ts'
import { createStarts, type Starts } from '../seats/starts.ts'

/** A PodDistributor made ready to decide by. */
export interface Plan {
  readonly distributor: PodDistributor
  /** From a group's name to its index in `distributor.groups`. */
  readonly groupIndex: ReadonlyMap<string, number>
  /**
   * The sequence for the revision of this owner, computed at first need: one for all, or one that starts where the owner's uid says, which
   * it shares with those that start there too.
   */
  readonly sequenceFor: (ownerUid: string) => Sequence
}

export function createPlan(distributor: PodDistributor): Plan {
  let shared: Sequence | undefined
  const sequenceAt = startsAnywhere(distributor) ? createSequences(distributor) : undefined
  return {
    distributor,
    groupIndex: new Map(distributor.groups.map((group, index) => [group.name, index])),
    sequenceFor(ownerUid) {
      if (sequenceAt !== undefined) return sequenceAt(phaseOf(ownerUid))
      shared ??= createSequence(distributor.groups)
      return shared
    },
  }
}

/** By phase; kept for as long as a revision uses it, lest those of a CronJob's Jobs add up: another is made in microseconds. */
function createSequences({ groups }: PodDistributor): (phase: number) => Sequence {
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

/**
 * Whether each workload starts at a place of its own in the sequence: those of a distributor that names none, and the Jobs of a CronJob. Many
 * small ones keep the shares together so; the bound on the deviation is not theirs, but a window of the sequence is less than 2 pods off.
 */
export function startsAnywhere({ target: { name, kind } }: PodDistributor): boolean {
  return name === undefined || kind === 'CronJob'
}

/** Phases there are: enough that the shares of many one-pod workloads are right to 1/4096, and walked in about a millisecond. */
const phases = 4096

/** Where the sequence of one of many workloads starts: FNV-1a of its owner's uid, folded to 12 bits. */
export function phaseOf(ownerUid: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < ownerUid.length; i += 1) hash = Math.imul(hash ^ ownerUid.charCodeAt(i), 0x01000193)
  return ((hash >>> 12) ^ hash ^ (hash >>> 24)) & (phases - 1)
}
