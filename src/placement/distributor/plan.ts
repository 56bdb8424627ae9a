import type { PodDistributor } from './distributor.ts'
import type { Sequence } from '../seats/sequence.ts'
import { createSplit, type Split } from './split.ts'

/** A PodDistributor made ready to decide by. */
export interface Plan extends Pick<Split, 'groupIndex'> {
  readonly distributor: PodDistributor
  /**
   * The sequence for the revision of this owner, computed at first need: one for all, or one that starts where the owner's uid says, which
   * it shares with those that start there too.
   */
  readonly sequenceFor: (ownerUid: string) => Sequence
}

/** @param splitOf what plans with the same groups are to share; by default nothing */
export function createPlan(distributor: PodDistributor, splitOf: (groups: PodDistributor['groups']) => Split = createSplit): Plan {
  const { groups, groupIndex, sequence, sequenceAt } = splitOf(distributor.groups)
  return {
    distributor: groups === distributor.groups ? distributor : { ...distributor, groups },
    groupIndex,
    sequenceFor: startsAnywhere(distributor) ? ownerUid => sequenceAt(phaseOf(ownerUid)) : sequence,
  }
}

/**
 * Whether each workload starts at a place of its own in the sequence: those of a distributor that names none, and the Jobs of a CronJob.
 * Many small ones keep the shares together so; the bound on the deviation is not theirs, but a window of the sequence is less than 2 pods
 * off.
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
