import { affinityPatch, preferencePatch } from './patch/affinity-patch.ts'
import type { PodDistributor } from './distributor/distributor.ts'
import { disownPatch } from './patch/disown-patch.ts'
import { impossibleGroups } from './nodes/impossible-groups.ts'
import { zone } from './nodes/known-labels.ts'
import type { Knowledge } from './knowledge.ts'
import { deletionCostAnnotation } from './keys.ts'
import { hasOwnCost } from './patch/deletion-cost.ts'
import { markPatch } from './patch/mark-patch.ts'
import type { PatchOperation } from './patch/patch-operation.ts'
import type { Plan } from './distributor/plan.ts'
import { readPod, type Owner, type Pod } from './pod.ts'
import type { OwnRace } from './seats/own-race.ts'
import type { Revision } from './seats/revision.ts'
import type { Revisions } from './seats/revisions.ts'
import type { Seat } from './seats/roster.ts'
import { skip, skipLabelled, skipPod, skipRequest, type Request, type Skip } from './scope.ts'
import { seatLimit } from './seats/sequence.ts'
import { spreadPatch } from './patch/spread-patch.ts'
import { tolerationPatch } from './patch/toleration-patch.ts'
import { ownSeat, workloadsOf } from './workload.ts'

/** A pod that gets a seat. */
export interface Placement {
  readonly kind: 'place'
  readonly distributor: string
  readonly group: string
  readonly seat: number
  readonly patch: readonly PatchOperation[]
  /** A word to the pod's owner where the shares will not be kept for ever. */
  readonly warning?: string
  /** What the distributor's owner should know of. */
  readonly complaint?: Complaint
  /** The distributor is only tried (`enforcement: Audit`): the pod would have got this seat, and nothing is patched. */
  readonly audit?: true
}

/** What is the matter with a pod that was placed: the user's own deletion cost decides which go first; no group can take it now. */
export type Complaint = 'OwnDeletionCost' | 'NoOpenGroup'

export type Decision = Placement | Skip

/** What a seat is given by: of the revisions, one at a time, whether a watch keeps them or a race of the replica's own. */
export interface Seats extends Pick<Knowledge, 'audits' | 'nodes'> {
  readonly revisions: Pick<Revisions, 'of'>
}

/**
 * Decides one admission request: which group the pod belongs in, which seat it takes and what has to be added to it.
 * A seat that was given is reserved until the watch shows the pod; a dry run reserves nothing; the same request uid is
 * given the same seat again, as long as that is held.
 *
 * @param now milliseconds since 1970
 */
export function decide(knowledge: Seats & Omit<Knowledge, 'revisions'>, request: Request, now: number): Decision {
  const candidate = examine(knowledge, request)
  return candidate.kind === 'skip' ? candidate : place(knowledge, candidate, now)
}

/** A pod that a distributor places: all that has to be known of a request before its seat is chosen. */
export interface Candidate {
  readonly kind: 'candidate'
  readonly request: Request
  readonly pod: Pod
  readonly owner: Owner
  readonly plan: Plan
}

/** What can be told of a request without giving out a seat: each replica tells it alone. */
export function examine(knowledge: Pick<Knowledge, 'distributors' | 'ownNamespace'>, request: Request): Candidate | Skip {
  const outside = skipRequest(request, knowledge.ownNamespace)
  if (outside !== undefined) return outside
  const read = readPod(request.object)
  if ('wrong' in read) return skip('malformed', `not placed: ${read.wrong}`)
  const { pod } = read
  const examined = examinePod(knowledge, request.namespace, pod)
  if (examined.kind === 'examined') return { kind: 'candidate', request, pod, owner: examined.owner, plan: examined.plan }
  const patch = disownPatch(pod)
  return patch.length === 0 ? examined : { ...examined, patch }
}

/** What can be told of a pod that is read already, in a namespace that is in scope. */
export function examinePod(
  { distributors }: Pick<Knowledge, 'distributors'>, namespace: string, pod: Pod,
): { readonly kind: 'examined', readonly owner: Owner, readonly plan: Plan } | Skip {
  const scope = skipPod(pod)
  if (scope.kind === 'skip') return scope
  const workloads = workloadsOf(scope.owner, pod.labels)
  const listed = distributors.find(namespace, workloads, pod.labels ?? {})
  if (listed === undefined) return skip('no-distributor')
  const labelled = skipLabelled(pod)
  if (labelled !== undefined) return { ...labelled, distributor: listed.name }
  if ('plan' in listed.outcome) return { kind: 'examined', owner: scope.owner, plan: listed.outcome.plan }
  const [first] = listed.outcome.mistakes
  return skip('distributor-invalid', `not placed: PodDistributor ${listed.name} is invalid: ${first?.path ?? ''} ${first?.message ?? ''}`)
}

/**
 * Gives a candidate its seat. Only the replica that leads does so for all; see `decide`. Where the watch has shown the pod of this review
 * already (another replica answered meanwhile), the answer comes too late to be used, and reserves nothing.
 */
export function place(knowledge: Seats, candidate: Candidate, now: number): Decision {
  const { request, pod, owner, plan } = candidate
  const isAudit = plan.distributor.enforcement === 'Audit'
  const revision = (isAudit ? knowledge.audits : knowledge.revisions).of(request.namespace, owner.uid)
  const givenSeat = ownSeat(pod)
  const closed = impossibleGroups(pod, plan.distributor.groups, knowledge.nodes)
  const chosen = chooseSeat(plan, revision, request.uid, closed, givenSeat)
  if (chosen === undefined) return skip('seat-out-of-range', `not placed: only the first ${seatLimit} pods of a workload have a seat`)
  const group = plan.distributor.groups[chosen.group]
  if (group === undefined) throw new RangeError(`there is no group ${chosen.group}`)
  const placed = { distributor: plan.distributor.name, group: group.name, seat: chosen.seat, admission: request.uid }
  const isReserved = !request.dryRun && givenSeat === undefined
  if (isAudit) {
    if (isReserved) revision.reserve({ ...placed, given: now })
    return { kind: 'place', distributor: placed.distributor, group: placed.group, seat: placed.seat, patch: [], audit: true }
  }
  const marks = markPatch(pod, placed)
  if (marks === undefined) return skip('annotations-too-large', 'not placed: the pod\'s annotations leave no room for ours')
  const patch = [
    ...marks,
    ...isRequired(plan.distributor, pod)
      ? [
        ...affinityPatch(pod, group.expressions),
        ...spreadPatch(pod, placed, plan.distributor.spread, knowledge.nodes.everyOneHas(group, zone)),
      ]
      : preferencePatch(pod, group.expressions),
    ...tolerationPatch(pod, group.tolerations),
  ]
  if (isReserved) revision.reserve({ ...placed, given: now })
  const decision: Placement = { kind: 'place', distributor: placed.distributor, group: placed.group, seat: placed.seat, patch }
  if (hasOwnCost(pod)) {
    return { ...decision, complaint: 'OwnDeletionCost', warning: `placed, but scaling in goes by the pod's own ${deletionCostAnnotation}` }
  }
  return closed.has(chosen.group) ? { ...decision, complaint: 'NoOpenGroup' } : decision
}

/**
 * As {@link place}, where no leader is reached: by a race of this replica's own. Where there is a `base` or a `max`, what it gives out
 * counts beside what the watch shows, too: a group that is full by both together is closed to the race.
 */
export function placeAlone(knowledge: Seats & Pick<Knowledge, 'revisions'>, race: OwnRace, candidate: Candidate, now: number): Decision {
  const { request: { namespace, uid, dryRun }, owner, plan } = candidate
  if (plan.distributor.enforcement === 'Audit') return place(knowledge, candidate, now)
  const revisions = race.revisions(now)
  const known = knowledge.revisions.of(namespace, owner.uid)
  const rest = race.planFor(plan, known, revisions.of(namespace, owner.uid))
  const decision = place({ ...knowledge, revisions }, { ...candidate, plan: rest }, now)
  if (decision.kind === 'place' && !dryRun && rest !== plan) {
    race.hold(known, { distributor: decision.distributor, group: decision.group, seat: decision.seat, admission: uid, given: now })
  }
  return decision
}

/** Where nothing is declared, a volume decides where its pod can run: a pod required elsewhere would wait for ever. */
export function isRequired({ enforcement }: PodDistributor, { hasClaim }: Pick<Pod, 'hasClaim'>): boolean {
  return enforcement === undefined ? !hasClaim : enforcement === 'Required'
}

/** `givenSeat`: the one that the pod's controller gave it; undefined where pods are all alike. */
function chooseSeat(
  plan: Plan, revision: Revision, admission: string, closed: ReadonlySet<number>, givenSeat: number | undefined,
): Seat | undefined {
  const { distributor, groupIndex } = plan
  const again = revision.givenTo(admission)
  const sameGroup = again?.distributor === distributor.name ? groupIndex.get(again.group) : undefined
  if (again !== undefined && sameGroup !== undefined) return { group: sameGroup, seat: again.seat }
  const isOpen = (group: number): boolean => !closed.has(group)
  const roster = revision.rosterFor(plan)
  return givenSeat === undefined ? roster.choose(isOpen) : roster.groupAt(givenSeat, isOpen)
}
