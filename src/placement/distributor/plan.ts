import type { PodDistributor } from './distributor.ts'
import { createSequence, type Sequence } from '../seats/sequence.ts'

/** A PodDistributor made ready to decide by. */
export interface Plan {
  readonly distributor: PodDistributor
  /** From a group's name to its index in `distributor.groups`. */
  readonly groupIndex: ReadonlyMap<string, number>
  /** The sequence for the revision of this owner, computed at first need: one for all, or one that starts where the owner's uid says. */
  readonly sequenceFor: (ownerUid: string) => Sequence
}

export function createPlan(distributor: PodDistributor): Plan {
  let shared: Sequence | undefined
  return {
    distributor,
    groupIndex: new Map(distributor.groups.map((group, index) => [group.name, index])),
    sequenceFor(ownerUid) {
      if (startsAnywhere(distributor)) return createSequence(distributor.groups, phaseOf(ownerUid))
      shared ??= createSequence(distributor.groups)
      return shared
    },
  }
}

/**
 * Whether each workload starts at a place of its own in the sequence: those of a distributor that names none, and the Jobs of a CronJob. Many
 * small ones keep the shares together so; the bound on the deviation is not theirs, but a window of the sequence is less than 2 pods off.
 */
export function startsAnywhere({ target: { name, kind } }: PodDistributor): boolean {
  return name === undefined || kind === 'CronJob'
}

/** Phases there are: enough that the shares of many one-pod workloads are right to 1/4096, and walked in well under a millisecond. */
const phases = 4096

/** Where the sequence of one of many workloads starts: FNV-1a of its owner's uid, folded to 12 bits. */
export function phaseOf(ownerUid: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < ownerUid.length; i += 1) hash = Math.imul(hash ^ ownerUid.charCodeAt(i), 0x01000193)
  return ((hash >>> 12) ^ hash ^ (hash >>> 24)) & (phases - 1)
}
