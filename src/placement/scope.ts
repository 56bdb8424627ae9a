import { distributorLabel, groupLabel, ignoreLabel, mirrorAnnotation } from './keys.ts'
import type { PatchOperation } from './patch/patch-operation.ts'
import type { Owner, Pod } from './pod.ts'

/** What placement needs to know of an AdmissionReview's request. */
export interface Request {
  readonly uid: string
  readonly operation: string
  readonly kind: { readonly group: string, readonly kind: string }
  readonly subResource: string
  readonly namespace: string
  readonly dryRun: boolean
  readonly object: unknown
}

/**
 * Why a pod is left as it is: the `reason` of `versprei_admission_decisions_total`, explained one by one in docs/reference.md.
 */
export const skipReasons = [
  'not-create', 'subresource', 'not-a-pod', 'no-object', 'kube-system', 'own-namespace', 'not-synced', 'malformed',
  'mirror-pod', 'node-name-set', 'opted-out', 'no-controller', 'daemonset', 'no-distributor', 'already-labelled',
  'distributor-invalid', 'seat-out-of-range', 'annotations-too-large', 'internal-error',
] as const

export type SkipReason = typeof skipReasons[number]

/** A pod that is left alone, and a word to its owner where there is something to do about it. */
export interface Skip {
  readonly kind: 'skip'
  readonly reason: SkipReason
  readonly warning?: string
  /** The one that would have placed the pod, where that is known. */
  readonly distributor?: string
  /** Takes off the pod what it says of a seat that it was not given (`disown-patch.ts`). */
  readonly patch?: readonly PatchOperation[]
}

export function skip(reason: SkipReason, warning?: string): Skip {
  return warning === undefined ? { kind: 'skip', reason } : { kind: 'skip', reason, warning }
}

/** Requests that are not the creation of a pod of ours to place; judged before the pod is read. */
export function skipRequest(request: Request, ownNamespace: string | undefined): Skip | undefined {
  if (request.operation !== 'CREATE') return skip('not-create')
  if (request.subResource !== '') return skip('subresource')
  if (request.kind.kind !== 'Pod' || request.kind.group !== '') return skip('not-a-pod')
  const outside = skipNamespace(request.namespace, ownNamespace)
  if (outside !== undefined) return outside
  if (request.object === null || request.object === undefined) return skip('no-object')
  return undefined
}

/** Namespaces whose pods are left as they are, whatever distributors say: Versprei's own, and what the cluster itself cannot do without. */
export function skipNamespace(namespace: string, ownNamespace: string | undefined): Skip | undefined {
  if (namespace === 'kube-system') return skip('kube-system')
  return namespace === ownNamespace ? skip('own-namespace') : undefined
}

/** Pods that stand where something else puts them, whose owner opted out, or whose revision is unknown. */
export function skipPod(pod: Pod): Skip | { readonly kind: 'in-scope', readonly owner: Owner } {
  if (pod.annotations !== undefined && Object.hasOwn(pod.annotations, mirrorAnnotation)) return skip('mirror-pod')
  if (pod.nodeName !== undefined && pod.nodeName !== '') return skip('node-name-set')
  if (pod.labels?.[ignoreLabel] === 'true') return skip('opted-out')
  if (pod.owner === undefined) return skip('no-controller')
  if (pod.owner.group === 'apps' && pod.owner.kind === 'DaemonSet') return skip('daemonset')
  return { kind: 'in-scope', owner: pod.owner }
}

/**
 * A pod that already carries a label of ours. A workload's selector may name the label; to change it makes a ReplicaSet
 * create pods without end.
 */
export function skipLabelled({ labels }: Pod): Skip | undefined {
  const label = [distributorLabel, groupLabel].find(key => labels !== undefined && Object.hasOwn(labels, key))
  return label === undefined ? undefined : skip('already-labelled', `not placed: the pod template sets the label ${label}; remove it there`)
}
