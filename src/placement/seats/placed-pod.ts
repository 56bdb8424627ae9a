import { admissionAnnotation, distributorLabel, groupLabel, ignoreLabel, mirrorAnnotation, seatAnnotation } from '../keys.ts'
import { isMap } from '../is-map.ts'
import { adoptedAt } from './adoption-text.ts'
import type { PlacedPod } from './revision.ts'
import { readSeat } from './seat-text.ts'

/**
 * What deciding needs to know of a pod of the cluster, from its metadata. Undefined for a pod that holds no seat: no
 * distributor placed it, it has no controlling owner, it has ended (metadata alone cannot tell; a watch leaves such pods out), it is one
 * that the webhook is never asked about, whatever it says of itself, or it is on its way out (its seat is free for its replacement).
 *
 * @param share gives equal texts as one (see `createTextPool`)
 */
export function readPlacedPod(object: unknown, share: (text: string) => string = text => text): PlacedPod | undefined {
  const metadata = isMap(object) && isMap(object['metadata']) ? object['metadata'] : {}
  const { uid, namespace, labels, annotations, ownerReferences, deletionTimestamp, creationTimestamp } = metadata
  const distributor = textIn(labels, distributorLabel)
  const group = textIn(labels, groupLabel)
  const controller: unknown = Array.isArray(ownerReferences)
    ? ownerReferences.find(reference => isMap(reference) && reference['controller'] === true)
    : undefined
  const owner = textIn(controller, 'uid')
  if (hasEnded(object) || isNeverAsked(labels, annotations, controller)) return undefined
  if (typeof uid !== 'string' || typeof namespace !== 'string' || typeof deletionTimestamp === 'string') return undefined
  if (distributor === undefined || group === undefined || owner === undefined) return undefined
  // Labels alone may come from the pod's template, which admission leaves alone.
  const seat = textIn(annotations, seatAnnotation)
  const admission = textIn(annotations, admissionAnnotation)
  if (seat === undefined && admission === undefined) return undefined
  // So may all of it, where the template was copied from a pod that had been adopted.
  if (adoptedAt(admission, uid) === 'other') return undefined
  return {
    uid, namespace: share(namespace), owner: share(owner), distributor: share(distributor), group: share(group),
    seat: readSeat(seat),
    admission,
    created: typeof creationTimestamp === 'string' ? Date.parse(creationTimestamp) || 0 : 0,
  }
}

function hasEnded(object: unknown): boolean {
  const phase = textIn(isMap(object) ? object['status'] : undefined, 'phase')
  return phase === 'Succeeded' || phase === 'Failed'
}

/** What our entry in the webhook configuration leaves unsent (`controllers/webhook-entry.ts`): admission takes no seat off such a pod. */
function isNeverAsked(labels: unknown, annotations: unknown, controller: unknown): boolean {
  if (textIn(labels, ignoreLabel) === 'true' || textIn(annotations, mirrorAnnotation) !== undefined) return true
  return textIn(controller, 'kind') === 'DaemonSet' && (textIn(controller, 'apiVersion') ?? '').startsWith('apps/')
}

function textIn(map: unknown, key: string): string | undefined {
  const value = isMap(map) && Object.hasOwn(map, key) ? map[key] : undefined
  return typeof value === 'string' ? value : undefined
}
