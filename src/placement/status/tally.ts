import type { Plan } from '../distributor/plan.ts'
import { ideal } from '../seats/ideal.ts'
import { createSequence } from '../seats/sequence.ts'
import type { Standing } from '../seats/standing.ts'

/** What a sweep found of a distributor's pods that no admission placed. */
export interface Strays {
  /** Pods that stand on a node of no group, or on none yet; under `Audit`, and where pods may not be patched, all of them. */
  readonly pods: number
  /** Of those, how many stand on a node of each group, by its name. */
  readonly standing: ReadonlyMap<string, number>
}

/** A distributor's pods, counted. Lists are by group, in the order of `spec.distribution`. */
export interface Tally {
  readonly pods: number
  readonly assigned: readonly number[]
  readonly ready: readonly number[]
  /** Of each revision the first seats, as many as it has pods; all added up. */
  readonly wanted: readonly number[]
  /** Pods that a group has beyond those, revision by revision. */
  readonly surplus: readonly number[]
  /** Groups that have reached their max, in every revision that has pods. */
  readonly full: readonly boolean[]
  /** The greatest distance of a group from its ideal, in any revision. Pods. */
  readonly deviation: number
  /** Revisions that have pods, and those of them in which a pod stands wrong. */
  readonly revisions: number
  readonly wrongRevisions: number
  /** Pods whose group the distributor does not have any more. */
  readonly groupless: number
  /** Pods that no admission placed; under `Audit`, where none is, those that stand in no group. */
  readonly strays: number
}

type Counted = Pick<Standing, 'pods' | 'assigned' | 'wanted'>

/** Counts the pods of all revisions. Under `Audit` a pod counts where it stands, and all as one revision: no seat of theirs is known. */
export function tally({ distributor: { groups, enforcement } }: Plan, standings: readonly Standing[], strays: Strays): Tally {
  const standing = groups.map(({ name }) => strays.standing.get(name) ?? 0)
  const isAudit = enforcement === 'Audit'
  const placed = sumUp(groups.length, standings.map(({ assigned }) => assigned))
  const assigned = isAudit ? sumUp(groups.length, [placed, standing]) : placed
  const audited = isAudit ? [asOneRevision(groups, assigned)] : standings
  const counted: readonly Counted[] = audited.filter(({ pods }) => pods > 0)
  const surplus = counted.map(one => one.wanted.map((wanted, group) => Math.max(0, (one.assigned[group] ?? 0) - wanted)))
  const groupless = standings.reduce((sum, one) => sum + one.groupless, 0)
  const strayed = strays.pods - (isAudit ? total(standing) : 0)
  return {
    pods: total(assigned) + groupless + strayed,
    assigned,
    ready: sumUp(groups.length, standings.map(({ ready }) => ready)),
    wanted: sumUp(groups.length, counted.map(({ wanted }) => wanted)),
    surplus: sumUp(groups.length, surplus),
    full: groups.map(({ max }, group) => max !== undefined && counted.length > 0 && counted.every(one => (one.assigned[group] ?? 0) >= max)),
    deviation: Math.max(0, ...counted.map(one => deviationOf(groups, one))),
    revisions: counted.length,
    wrongRevisions: surplus.filter(one => total(one) > 0).length,
    groupless,
    strays: Math.max(0, strayed),
  }
}

function asOneRevision(groups: Plan['distributor']['groups'], assigned: readonly number[]): Counted {
  const pods = total(assigned)
  return { pods, assigned, wanted: createSequence(groups).prefix(pods) }
}

function deviationOf(groups: Plan['distributor']['groups'], { pods, assigned }: Counted): number {
  return Math.max(0, ...ideal(groups, pods).map((wanted, group) => Math.abs((assigned[group] ?? 0) - wanted)))
}

/** The sum of a list of counts. */
export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

function sumUp(groups: number, lists: readonly (readonly number[])[]): readonly number[] {
  return Array.from({ length: groups }, (_, group) => lists.reduce((sum, list) => sum + (list[group] ?? 0), 0))
}
