import type { Expression } from '../distributor/distributor.ts'
import { add, append, type PatchOperation } from './patch-operation.ts'
import type { NodeTerm, Pod } from '../pod.ts'
import type { Requirement } from '../nodes/requirements.ts'

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
const path = '/spec/affinity/nodeAffinity'

/**
 * Requires a node of the group. Terms are ORed, so the group's expressions are ANDed into each of the pod's own; an empty
 * term matches no node, and adding to it would widen it, so it stays as it is. Without any term of its own the pod gets one.
 */
export function affinityPatch(pod: Pod, expressions: readonly Expression[]): PatchOperation[] {
  if (pod.terms !== undefined) return pod.terms.flatMap((term, index) => narrow(term, index, expressions))
  const selector = { nodeSelectorTerms: [{ matchExpressions: expressions }] }
  if (pod.affinityDepth === 0) return [add('/spec/affinity', { nodeAffinity: { [required]: selector } })]
  if (pod.affinityDepth === 1) return [add(path, { [required]: selector })]
  return [add(`${path}/${required}`, selector)]
}

/** What the scheduler is to weigh most: PreferredSchedulingTerm weights go from 1 to 100. */
const greatestWeight = 100

/** Prefers a node of the group, above all else that is preferred; what the pod has of its own stays. */
export function preferencePatch(pod: Pod, expressions: readonly Expression[]): PatchOperation[] {
  const term = { weight: greatestWeight, preference: { matchExpressions: expressions } }
  if (pod.affinityDepth === 0) return [add('/spec/affinity', { nodeAffinity: { [preferred]: [term] } })]
  if (pod.affinityDepth === 1) return [add(path, { [preferred]: [term] })]
  const isThere = pod.preferred?.some(({ weight, preference: { matchExpressions, hasFields } }) =>
    weight === greatestWeight && !hasFields && signatures(matchExpressions) === signatures(expressions))
  return isThere === true ? [] : append(`${path}/${preferred}`, pod.preferred !== undefined, [term])
}

function signatures(expressions: readonly Requirement[]): string {
  return expressions.map(signature).join(' ')
}

function narrow(term: NodeTerm, index: number, expressions: readonly Expression[]): PatchOperation[] {
  if (!term.hasFields && term.matchExpressions.length === 0) return []
  const present = new Set(term.matchExpressions.map(signature))
  const missing = expressions.filter(expression => !present.has(signature(expression)))
  return append(`${path}/${required}/nodeSelectorTerms/${index}/matchExpressions`, term.hasExpressions, missing)
}

function signature({ key, operator, values = [] }: Requirement): string {
  return JSON.stringify([key, operator, values])
}
