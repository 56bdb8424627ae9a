import type { Toleration } from '../distributor/distributor.ts'
import { append, type PatchOperation } from './patch-operation.ts'
import type { Pod, PodToleration } from '../pod.ts'

/** Adds the group's tolerations that the pod does not have yet. */
export function tolerationPatch(pod: Pod, tolerations: readonly Toleration[]): PatchOperation[] {
  const missing = tolerations.filter(toleration => !(pod.tolerations ?? []).some(own => isSame(own, toleration)))
  return append('/spec/tolerations', pod.tolerations !== undefined, missing)
}

function isSame(own: PodToleration, { key = '', operator = 'Equal', value = '', effect, tolerationSeconds }: Toleration): boolean {
  return own.key === key && own.operator === operator && own.value === value && own.effect === (effect ?? '')
    && own.tolerationSeconds === tolerationSeconds
}
