import { matchesLabels, type Requirement } from '../../placement/nodes/requirements.ts'
import type { PodToleration } from '../../placement/pod.ts'
import type { SurveyedNode, Taint } from '../cluster-state.ts'
import type { PodToPlace } from './pod-to-place.ts'
import type { Refusal } from './refusal.ts'

type Tolerant = Pick<PodToPlace, 'tolerations'>
type Choosy = Pick<PodToPlace, 'nodeSelector' | 'terms'>

/**
 * Why the node would not take the pod however empty it were: the scheduler's plugins NodeUnschedulable, TaintToleration and
 * NodeAffinity. The scheduler itself goes by taints alone; that a node is not ready is told here too, for its taint may come late.
 */
export function nodeRefusal(pod: Tolerant & Choosy, node: SurveyedNode): Refusal | undefined {
  if (isCordonedFor(pod, node)) return { kind: 'cordoned' }
  const taint = untolerated(pod, node)
  if (taint !== undefined) return { kind: 'taint', taint }
  if (!node.isReady) return { kind: 'not-ready' }
  if (!meetsSelector(pod, node)) return { kind: 'node-selector' }
  return meetsTerms(pod, node) ? undefined : { kind: 'node-affinity' }
}

/** Taint of a cordoned node, which a pod may tolerate (nodeunschedulable: so do the pods of a DaemonSet). */
const unschedulable: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }

function isCordonedFor(pod: Tolerant, node: SurveyedNode): boolean {
  const hasTaint = node.taints.some(({ key, effect }) => key === unschedulable.key && effect === unschedulable.effect)
  return (node.isUnschedulable || hasTaint) && !tolerates(pod, unschedulable)
}

/** The first taint that keeps the pod away; PreferNoSchedule keeps nobody away (tainttoleration `Filter`). */
export function untolerated(pod: Tolerant, { taints }: Pick<SurveyedNode, 'taints'>): Taint | undefined {
  return taints.find(taint => taint.effect !== 'PreferNoSchedule' && !tolerates(pod, taint))
}

function tolerates({ tolerations }: Tolerant, taint: Taint): boolean {
  return tolerations.some(toleration => isFor(toleration, taint))
}

/** core/v1 `Toleration.ToleratesTaint`: an empty effect or key is any; Exists asks for no value. */
function isFor({ key, operator, value, effect }: PodToleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  return operator === 'Exists' || (operator === 'Equal' && value === taint.value)
}

/** Whether the pod's own nodeSelector and required node affinity allow the node. */
export function isChosen(pod: Choosy, node: SurveyedNode): boolean {
  return meetsSelector(pod, node) && meetsTerms(pod, node)
}

function meetsSelector({ nodeSelector }: Choosy, { labels }: SurveyedNode): boolean {
  return matchesLabels(Object.entries(nodeSelector).map(([key, value]): Requirement => ({ key, operator: 'In', values: [value] })), labels)
}

/** Terms are ORed; an empty one matches no node; matchFields know metadata.name alone (component-helpers `nodeaffinity`). */
function meetsTerms({ terms }: Choosy, { name, labels }: SurveyedNode): boolean {
  return terms === undefined || terms.some(({ matchExpressions, hasFields, nodeNames }) =>
    (hasFields || matchExpressions.length > 0) && matchesLabels(matchExpressions, labels)
    && (!hasFields || nodeNames === undefined || nodeNames.includes(name)))
}
