import type { Clock } from '../cluster/clock.ts'
import type { Connection } from '../cluster/connection.ts'
import type { Log } from '../cluster/delivery.ts'
import { paths, placedPods } from '../cluster/follow.ts'
import { createReflector, type Reflector } from '../cluster/reflector.ts'
import { isMap } from '../placement/is-map.ts'
import { readPlacedPod } from '../placement/seats/placed-pod.ts'
import type { Revisions } from '../placement/seats/revisions.ts'
import type { Readiness } from '../placement/seats/seated-pods.ts'

export interface ReadinessOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly revisions: Pick<Revisions, 'noteReady' | 'replaceReady'>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

/** Whole pods have some 5 KB each: what a page leaves behind until it is collected is to be little. */
const pageSize = 100

/**
 * Watches whether the placed pods are Ready. Only status needs to know, so the leader alone does this: whole pods travel, and
 * nothing of them is kept here. Which pods are there is told by the watch of their metadata.
 */
export function followReadiness({ revisions, ...shared }: ReadinessOptions): Reflector {
  return createReflector({
    ...shared,
    path: paths.pods,
    query: placedPods,
    pageSize,
    parse: readReadiness,
    consumer: {
      replace: revisions.replaceReady,
      apply: ({ uid, ready }) => revisions.noteReady(uid, ready),
      remove: ({ uid }) => revisions.noteReady(uid, undefined),
    },
  })
}

/** Undefined for a pod that holds no seat. */
export function readReadiness(object: unknown): Readiness | undefined {
  const pod = readPlacedPod(object)
  if (pod === undefined) return undefined
  const status = isMap(object) ? object['status'] : undefined
  const conditions: readonly unknown[] = isMap(status) && Array.isArray(status['conditions']) ? status['conditions'] : []
  return { uid: pod.uid, ready: conditions.some(one => isMap(one) && one['type'] === 'Ready' && one['status'] === 'True') }
}
