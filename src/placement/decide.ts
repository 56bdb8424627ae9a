import { affinityPatch, preferencePatch } from './patch/affinity-patch.ts'
import type { PodDistributor } from './distributor/distributor.ts'
import type { Listed } from './distributor/listed.ts'
import { impossibleGroups } from './nodes/impossible-groups.ts'
import type { Knowledge } from './knowledge.ts'
import { deletionCostAnnotation } from './keys.ts'
import { goesByOwnCost, markPatch } from './patch/mark-patch.ts'
import type { PatchOperation } from './patch/patch-operation.ts'
import type { Plan } from './distributor/plan.ts'
import { readPod, type Owner, type Pod } from './pod.ts'
import type { Revision } from './seats/revision.ts'
import type { Seat } from './seats/roster.ts'
import { skip, skipLabelled, skipPod, skipRequest, type Request, type Skip } from './scope.ts'
import { seatLimit } from './seats/sequence.ts'
import { spreadPatch, zone } from './patch/spread-patch.ts'
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
}

export type Decision = Placement | Skip

/**
 * Decides one admission request: which group the pod belongs in, which seat it takes and what has to be added to it.
 * A seat that was given is reserved until the watch shows the pod; a dry run reserves nothing; the same request uid is
 * given the same seat again.
 *
 * @param now milliseconds since 1970
 */
export function decide(knowledge: Knowledge, request: Request, now: number): Decision {
  const outside = skipRequest(request, knowledge.ownNamespace)
  if (outside !== undefined) return outside
  const read = readPod(request.object)
  if ('wrong' in read) return skip('malformed', `not placed: ${read.wrong}`)
  const { pod } = read
  const scope = skipPod(pod)
  if (scope.kind === 'skip') return scope
  const workloads = workloadsOf(scope.owner, pod.labels)
  const listed = knowledge.distributors.find(request.namespace, workloads, pod.labels ?? {})
  if (listed === undefined) return skip('no-distributor')
  return skipLabelled(pod) ?? place(knowledge, request, pod, scope.owner, listed, now)
}

function place(knowledge: Knowledge, request: Request, pod: Pod, owner: Owner, listed: Listed, now: number): Decision {
  if ('mistakes' in listed.outcome) {
    const [first] = listed.outcome.mistakes
    return skip('distributor-invalid', `not placed: PodDistributor ${listed.name} is invalid: ${first?.path ?? ''} ${first?.message ?? ''}`)
  }
  const { plan } = listed.outcome
  const revision = knowledge.revisions.of(request.namespace, owner.uid)
  const givenSeat = ownSeat(pod)
  const closed = impossibleGroups(pod, plan.distributor.groups, knowledge.nodes)
  const chosen = chooseSeat(plan, revision, request.uid, closed, givenSeat)
  if (chosen === undefined) return skip('seat-out-of-range', `not placed: only the first ${seatLimit} pods of a workload have a seat`)
  const group = plan.distributor.groups[chosen.group]
  if (group === undefined) throw new RangeError(`there is no group ${chosen.group}`)
  const placed = { distributor: plan.distributor.name, group: group.name, seat: chosen.seat, admission: request.uid }
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
  if (!request.dryRun && givenSeat === undefined) revision.reserve({ ...placed, given: now })
  const decision: Placement = { kind: 'place', distributor: placed.distributor, group: placed.group, seat: placed.seat, patch }
  return goesByOwnCost(pod) ? { ...decision, warning: `placed, but scaling in goes by the pod's own ${deletionCostAnnotation}` } : decision
}

/** Where nothing is declared, a volume decides where its pod can run: a pod required elsewhere would wait for ever. */
function isRequired({ enforcement }: PodDistributor, { hasClaim }: Pod): boolean {
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
