import type { Toleration } from '../distributor/distributor.ts'
import { append, type PatchOperation } from './patch-operation.ts'
import type { Pod } from '../pod.ts'

/** Adds the group's tolerations that the pod does not have yet. */
export function tolerationPatch(pod: Pod, tolerations: readonly Toleration[]): PatchOperation[] {
  if (tolerations.length === 0) return []
  const present = new Set((pod.tolerations ?? []).map(signature))
  const missing = tolerations.filter(toleration => !present.has(signature(toleration)))
  return append('/spec/tolerations', pod.tolerations !== undefined, missing)
}

/** Two tolerations are the same when these are; an absent operator means Equal. */
function signature({ key, operator, value, effect, tolerationSeconds }: Readonly<Record<string, unknown>> | Toleration): string {
  return JSON.stringify([key ?? '', operator ?? 'Equal', value ?? '', effect ?? '', tolerationSeconds ?? null])
}
