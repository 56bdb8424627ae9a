import { readFound, type FoundPod } from '../../placement/adoption.ts'
import { asMap, mapsIn } from '../../placement/is-map.ts'
import { deletionCostAnnotation } from '../../placement/keys.ts'
import { readPlacedPod } from '../../placement/seats/placed-pod.ts'
import type { PlacedPod } from '../../placement/seats/revision.ts'
import type { SurveyedPod } from '../cluster-state.ts'
import { readCondition } from '../read-metadata.ts'
import { readPod } from '../read-pod.ts'
import type { ControlledPod } from '../removal-order.ts'

/** A pod of the cluster as it is explained: how it runs, what placement reads of it, and what it says of its placing. */
export interface SeenPod {
  readonly surveyed: SurveyedPod
  /** As though it were neither leaving nor ended. */
  readonly found: FoundPod
  /** What its labels and annotations say, leaving and ended or not; undefined: that no distributor placed it. */
  readonly placed: PlacedPod | undefined
  /** Whether whoever created it had chosen its node. */
  readonly isPinned: boolean
  /** Milliseconds since 1970. */
  readonly readySince: number | undefined
  /** The most that one of its containers has. */
  readonly restarts: number
}

/** Undefined for what is no pod. */
export function readSeenPod(object: unknown): SeenPod | undefined {
  const surveyed = readPod(object)
  const standing = withoutEnd(object)
  const found = readFound(standing)
  if (surveyed === undefined || found === undefined) return undefined
  const since = readCondition(object, 'Ready')?.['lastTransitionTime']
  return {
    surveyed, found, placed: readPlacedPod(standing), isPinned: isPinned(object),
    readySince: typeof since === 'string' ? Date.parse(since) || undefined : undefined,
    restarts: restartsOf(object),
  }
}

/** Whether it takes up a replica: neither leaving nor ended. */
export function isActive({ surveyed: { isLeaving, phase } }: SeenPod): boolean {
  return !isLeaving && phase !== 'Succeeded' && phase !== 'Failed'
}

/** As the ReplicaSet controller looks at it. */
export function asControlled({ surveyed, found, readySince, restarts }: SeenPod): ControlledPod {
  const { uid, name, isReady, node, phase } = surveyed
  const cost = found.pod.annotations?.[deletionCostAnnotation]
  return {
    uid, name, node, ready: isReady, readySince, restarts, created: found.created,
    phase: phase === 'Pending' || phase === 'Running' ? phase : 'Unknown',
    // What is no int32 counts as 0 (kube-controller-manager, GetDeletionCostFromPodAnnotations).
    cost: cost !== undefined && /^-?\d{1,10}$/u.test(cost) ? Number(cost) : undefined,
  }
}

function withoutEnd(object: unknown): unknown {
  const { metadata, status: _status, ...rest } = asMap(object)
  const { deletionTimestamp: _, ...kept } = asMap(metadata)
  return { ...rest, metadata: kept }
}

/**
 * The scheduler binds a pod by the subresource `binding`, which leaves no mark in managedFields; whoever sends a pod with `nodeName` owns
 * that field (seen on Kubernetes 1.36).
 */
function isPinned(object: unknown): boolean {
  const { managedFields } = asMap(asMap(object)['metadata'])
  return mapsIn(managedFields).some(({ fieldsV1 }) => Object.hasOwn(asMap(asMap(fieldsV1)['f:spec']), 'f:nodeName'))
}

function restartsOf(object: unknown): number {
  const { containerStatuses } = asMap(asMap(object)['status'])
  return Math.max(0, ...mapsIn(containerStatuses).map(({ restartCount }) => Number(restartCount) || 0))
}
