import { distributorLabel, groupLabel } from '../../placement/keys.ts'
import { readPod, type Pod } from '../../placement/pod.ts'
import { skipLabelled } from '../../placement/scope.ts'
import type { PlacedPod } from '../../placement/seats/revision.ts'
import { asMap } from '../../placement/is-map.ts'
import type { SeenPod } from './seen-pod.ts'

/** A workload's `spec.template` as the pod that it makes; undefined without one. */
export function readTemplate(template: unknown): Pod | undefined {
  const { metadata, spec } = asMap(template)
  const read = readPod({ metadata: asMap(metadata), spec })
  return 'pod' in read ? read.pod : undefined
}

/** What the pod says of its placing, where that can be its own: a template that sets our labels says it of all its pods. */
export function placingOf({ placed }: SeenPod, template: Pod | undefined): PlacedPod | undefined {
  return template !== undefined && skipLabelled(template) !== undefined ? undefined : placed
}

/** The pod as whoever created it sent it, as far as its scope goes: without the node that the scheduler chose, and our labels. */
export function asCreated(seen: SeenPod, template: Pod | undefined): Pod {
  const { pod } = seen.found
  const isPinned = seen.isPinned || (template?.nodeName ?? '') !== ''
  const nodeName = isPinned ? pod.nodeName : undefined
  if (placingOf(seen, template) === undefined) return { ...pod, nodeName }
  const labels = Object.entries(pod.labels ?? {}).filter(([key]) => key !== distributorLabel && key !== groupLabel)
  return { ...pod, nodeName, labels: Object.fromEntries(labels) }
}
