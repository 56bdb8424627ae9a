import type { Listed } from './distributor/listed.ts'
import type { Plan } from './distributor/plan.ts'
import { isMap } from './is-map.ts'
import { admissionAnnotation, deletionCostAnnotation, distributorLabel, groupLabel, seatAnnotation } from './keys.ts'
import type { Knowledge } from './knowledge.ts'
import { matchesLabels } from './nodes/requirements.ts'
import { costOf, goesByCost, hasOwnCost, hasSeatCost } from './patch/deletion-cost.ts'
import { readPod, type Pod } from './pod.ts'
import { skipLabelled, skipNamespace, skipPod } from './scope.ts'
import { adoptedAt } from './seats/adoption-text.ts'
import { readSeat } from './seats/seat-text.ts'
import { workloadsOf } from './workload.ts'

/** A pod of the cluster, as far as adoption looks at it. */
export interface FoundPod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** What the names of its siblings begin with, its owner's name as a rule. */
  readonly generateName: string | undefined
  /** Milliseconds since 1970, to the second. */
  readonly created: number
  readonly pod: Pod
}

/**
 * What is to be done about a pod that is there. `adopt`: it stands in a group of the distributor that decides for it, and is not marked so.
 * `stray`: the same, but it stands in no group, or nowhere yet, or the distributor is only tried (`standing`: where it stands). `cost`: its
 * marks are right, or inert, but for the deletion cost; null takes it away. `labelled`: its template sets our labels. One that is to be
 * adopted may have such a template all the same, which its siblings tell (`label-evidence.ts`).
 */
export type Verdict =
  | { readonly kind: 'adopt', readonly listed: Listed, readonly plan: Plan, readonly group: number }
  | { readonly kind: 'stray', readonly listed: Listed, readonly plan: Plan, readonly standing: string | undefined }
  | { readonly kind: 'cost', readonly cost: string | null }
  | { readonly kind: 'labelled', readonly listed: Listed, readonly detail: string }

/** Reads a pod of a list. Undefined for one that is on its way out, or malformed. Metadata alone will do: then it stands nowhere. */
export function readFound(object: unknown): FoundPod | undefined {
  if (!isMap(object) || !isMap(object['metadata'])) return undefined
  const { name, namespace, uid, generateName, creationTimestamp, deletionTimestamp } = object['metadata']
  if (typeof name !== 'string' || typeof namespace !== 'string' || typeof uid !== 'string') return undefined
  if (typeof deletionTimestamp === 'string') return undefined
  const read = readPod({ metadata: object['metadata'], spec: object['spec'] ?? {} })
  if ('wrong' in read) return undefined
  const created = typeof creationTimestamp === 'string' ? Date.parse(creationTimestamp) || 0 : 0
  return { namespace, name, uid, generateName: typeof generateName === 'string' ? generateName : undefined, created, pod: read.pod }
}

/** Undefined: nothing is to be done. The scope is that of admission (`scope.ts`). */
export function judge(knowledge: Pick<Knowledge, 'distributors' | 'nodes' | 'ownNamespace'>, found: FoundPod): Verdict | undefined {
  const { namespace, pod } = found
  if (skipNamespace(namespace, knowledge.ownNamespace) !== undefined) return undefined
  const { labels = {} } = pod
  // That it has a node by now is not what puts it out of scope.
  const scope = skipPod({ ...pod, nodeName: undefined })
  if (scope.kind === 'skip') return undefined
  const listed = knowledge.distributors.find(namespace, workloadsOf(scope.owner, labels), labels)
  if (listed === undefined) return abandoned(knowledge, found)
  if (!('plan' in listed.outcome)) return undefined
  const { plan } = listed.outcome
  const labelled = skipLabelled(pod)
  if (labelled !== undefined && !isMarked(found)) return { kind: 'labelled', listed, detail: labelled.warning ?? '' }
  const isAudit = plan.distributor.enforcement === 'Audit'
  const isPlaced = labels[distributorLabel] === listed.name && plan.groupIndex.has(labels[groupLabel] ?? '')
  if (isPlaced) return isAudit ? undefined : missingCost(pod)
  const group = standsIn(knowledge, plan, pod.nodeName)
  if (group === undefined || isAudit) {
    return { kind: 'stray', listed, plan, standing: group === undefined ? undefined : plan.distributor.groups[group]?.name }
  }
  return { kind: 'adopt', listed, plan, group }
}

/** Whether Versprei may have written the labels: together with them it writes an admission, which does not name another pod. */
function isMarked({ uid, pod: { annotations = {} } }: FoundPod): boolean {
  return Object.hasOwn(annotations, admissionAnnotation) && adoptedAt(annotations[admissionAnnotation], uid) !== 'other'
}

/** The first group in the listed order that a pod's node is in; undefined: none, or the node is not known. */
export function standsIn({ nodes }: Pick<Knowledge, 'nodes'>, plan: Plan, nodeName: string | undefined): number | undefined {
  const labels = nodeName === undefined ? undefined : nodes.labelsOf(nodeName)
  const index = labels === undefined ? -1 : plan.distributor.groups.findIndex(({ expressions }) => matchesLabels(expressions, labels))
  return index === -1 ? undefined : index
}

/** No distributor decides for it any more: our cost goes, the labels stay. One that is invalid for now has not gone. */
function abandoned({ distributors }: Pick<Knowledge, 'distributors'>, found: FoundPod): Verdict | undefined {
  const { namespace, pod } = found
  const own = distributors.get(namespace, pod.labels?.[distributorLabel] ?? '')
  if (own !== undefined && 'mistakes' in own.outcome) return undefined
  return isMarked(found) && hasSeatCost(pod) ? { kind: 'cost', cost: null } : undefined
}

/** A distributor that is made anew gets its pods back, from which the cost was taken when it went. */
function missingCost({ annotations = {}, owner }: Pod): Verdict | undefined {
  const seat = readSeat(Object.hasOwn(annotations, seatAnnotation) ? annotations[seatAnnotation] : undefined)
  if (seat === undefined || !goesByCost(owner) || Object.hasOwn(annotations, deletionCostAnnotation)) return undefined
  return { kind: 'cost', cost: costOf(seat) }
}

/**
 * The annotations that put a pod on another seat: the deletion cost is among them where its controller goes by it and it is not the user's
 * own.
 */
export function seatMarks(pod: Pod, seat: number): Readonly<Record<string, string>> {
  const marks = { [seatAnnotation]: String(seat) }
  return goesByCost(pod.owner) && !hasOwnCost(pod) ? { ...marks, [deletionCostAnnotation]: costOf(seat) } : marks
}

/** The labels and annotations of a pod that is adopted, as a merge patch of its metadata. */
export function adoptionMarks(
  pod: Pod, { distributor, group, seat, admission }: {
    readonly distributor: string, readonly group: string, readonly seat: number, readonly admission: string,
  },
): { readonly labels: Readonly<Record<string, string>>, readonly annotations: Readonly<Record<string, string>> } {
  return {
    labels: { [distributorLabel]: distributor, [groupLabel]: group },
    annotations: { ...seatMarks(pod, seat), [admissionAnnotation]: admission },
  }
}
