import type { Knowledge } from '../placement/knowledge.ts'
import { apiVersion, distributorLabel } from '../placement/keys.ts'
import { listDistributor } from '../placement/distributor/listed.ts'
import { readNode } from '../placement/nodes/nodes.ts'
import { readPlacedPod } from '../placement/seats/placed-pod.ts'
import { createTextPool } from '../placement/seats/text-pool.ts'
import type { Clock } from './clock.ts'
import type { Connection } from './connection.ts'
import type { Log } from './delivery.ts'
import { createReflector, type Reflector } from './reflector.ts'

/** The three resources that deciding rests on, by the name that metrics and messages use. */
export interface Reflectors {
  readonly poddistributors: Reflector
  readonly pods: Reflector
  readonly nodes: Reflector
}

export const paths = {
  poddistributors: `/apis/${apiVersion}/poddistributors`,
  pods: '/api/v1/pods',
  nodes: '/api/v1/nodes',
} as const

export interface FollowOptions {
  readonly connection: Connection
  readonly knowledge: Knowledge
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

/** Keeps what is known in step with the cluster. Of pods and nodes only the metadata travels, and only of pods that were placed. */
export function followCluster({ knowledge: { distributors, revisions, nodes }, ...shared }: FollowOptions): Reflectors {
  const shareText = createTextPool()
  return {
    poddistributors: createReflector({
      ...shared, path: paths.poddistributors, parse: object => listDistributor(object),
      consumer: {
        replace: distributors.replace, apply: distributors.apply, remove: ({ namespace, name }) => distributors.remove(namespace, name),
      },
    }),
    pods: createReflector({
      ...shared, path: paths.pods, metadataOnly: true, parse: object => readPlacedPod(object, shareText),
      // A pod that has ended holds no seat, though it may be kept for its logs.
      query: { labelSelector: distributorLabel, fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' },
      consumer: { replace: revisions.replace, apply: revisions.apply, remove: ({ uid }) => revisions.remove(uid) },
    }),
    nodes: createReflector({
      ...shared, path: paths.nodes, metadataOnly: true, parse: readNode,
      consumer: { replace: nodes.replace, apply: nodes.apply, remove: ({ name }) => nodes.remove(name) },
    }),
  }
}
