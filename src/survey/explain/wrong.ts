import type { SkipReason } from '../../placement/scope.ts'
import type { PodVerdict, Trouble } from './pod-verdict.ts'
import type { GroupStanding } from './revision-standing.ts'
import { isActive, type SeenPod } from './seen-pod.ts'
import { strayCause, type Registration, type StrayCause } from './stray-cause.ts'

/** A pod and why it stands where it stands. */
export interface Judged {
  readonly seen: SeenPod
  readonly verdict: PodVerdict
}

/** What of a workload does not stand where it should. Pods are named, in order. */
export interface Wrong {
  /** Pods in groups that have more than their seats, of each revision. */
  readonly surplus: number
  /** They run on a node that is not of their group. */
  readonly outside: readonly string[]
  /** No admission placed them. */
  readonly strays: readonly { readonly cause: StrayCause, readonly pods: readonly string[] }[]
  /** They have no node yet. */
  readonly pending: readonly { readonly pod: string, readonly group?: string, readonly schedulerSaid?: string }[]
  /** Their marks are of another distributor, or of a group that is there no more. */
  readonly stale: readonly { readonly trouble: Trouble, readonly pods: readonly string[] }[]
  readonly leftAlone: readonly { readonly reason: SkipReason, readonly pods: readonly string[] }[]
  /** Under Audit: they stand in no group. */
  readonly inNoGroup: readonly string[]
  /** Nobody knows whether their node is of a group: its labels, or the group, could not be read. */
  readonly unsure: readonly string[]
  /** Pods that take up no replica. */
  readonly leaving: readonly string[]
  readonly ended: number
}

/** Troubles that are told otherwise: by `outside`, by `surplus`, and of the workload as a whole. */
const toldElsewhere: ReadonlySet<Trouble> = new Set([
  'outside', 'seat-of-another-group', 'out-of-scope', 'audited-now', 'distributor-invalid',
])

/** @param standings the groups of each revision */
export function findWrong(all: readonly Judged[], standings: readonly (readonly GroupStanding[])[], registration: Registration): Wrong {
  const inOrder = all.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const active = inOrder.filter(({ seen }) => isActive(seen))
  const troubled = (trouble: Trouble): readonly string[] =>
    active.filter(({ verdict }) => verdict.kind === 'placed' && verdict.troubles.includes(trouble)).map(nameOf)
  return {
    surplus: standings.flat().reduce((sum, { pods, wanted }) => sum + Math.max(0, pods - wanted), 0),
    outside: troubled('outside'),
    strays: grouped(active, ({ verdict }) => (verdict.kind === 'stray' ? strayCause(verdict, registration) : undefined))
      .map(([cause, pods]) => ({ cause, pods })),
    pending: active.filter(({ seen: { surveyed: { node } } }) => node === undefined).map(pendingOf),
    stale: grouped(active, ({ verdict }) =>
      (verdict.kind === 'placed' ? verdict.troubles.find(trouble => !toldElsewhere.has(trouble)) : undefined))
      .map(([trouble, pods]) => ({ trouble, pods })),
    leftAlone: grouped(active, ({ verdict }) => (verdict.kind === 'left-alone' ? verdict.reason : undefined))
      .map(([reason, pods]) => ({ reason, pods })),
    inNoGroup: active.filter(({ verdict }) => verdict.kind === 'audited' && verdict.isNodeKnown && verdict.standing === undefined)
      .map(nameOf),
    unsure: active.filter(isUnsure).map(nameOf),
    leaving: inOrder.filter(({ seen: { surveyed: { isLeaving } } }) => isLeaving).map(nameOf),
    ended: inOrder.filter(({ seen }) => !isActive(seen) && !seen.surveyed.isLeaving).length,
  }
}

/** Of these nobody asks which group their node is of. */
const groupless: readonly Trouble[] = ['distributor-gone', 'distributor-invalid', 'group-gone']

function isUnsure({ seen: { surveyed: { node } }, verdict }: Judged): boolean {
  if (node === undefined) return false
  if (verdict.kind === 'audited') return !verdict.isNodeKnown
  return verdict.kind === 'placed' && verdict.isInGroup === undefined && !groupless.some(one => verdict.troubles.includes(one))
}

function nameOf({ seen }: Judged): string {
  return seen.surveyed.name
}

function grouped<Key>(all: readonly Judged[], keyOf: (one: Judged) => Key | undefined): readonly (readonly [Key, readonly string[]])[] {
  const groups = new Map<Key, string[]>()
  for (const one of all) {
    const key = keyOf(one)
    if (key !== undefined) groups.set(key, [...groups.get(key) ?? [], nameOf(one)])
  }
  return [...groups]
}

function pendingOf({ seen: { surveyed: { name, unschedulable } }, verdict }: Judged): Wrong['pending'][number] {
  return {
    pod: name, ...verdict.kind === 'placed' ? { group: verdict.group } : {},
    ...unschedulable === undefined ? {} : { schedulerSaid: unschedulable },
  }
}
