import type { Knowledge } from '../placement/knowledge.ts'
import { apiVersion, distributorLabel } from '../placement/keys.ts'
import type { Distributors } from '../placement/distributor/distributors.ts'
import { listDistributor, type Listed } from '../placement/distributor/listed.ts'
import { readNode } from '../placement/nodes/nodes.ts'
import { readPlacedPod } from '../placement/seats/placed-pod.ts'
import { createTextPool } from '../placement/seats/text-pool.ts'
import type { Clock } from './clock.ts'
import type { Connection } from './connection.ts'
import type { Consumer, Log } from './delivery.ts'
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

/** The query for pods that have not ended: one that has holds no seat, though it may be kept for its logs. */
export const livePods = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' } as const

/** The query for those of them that carry a distributor's label. */
export const placedPods = { labelSelector: distributorLabel, ...livePods } as const

export interface FollowOptions {
  readonly connection: Connection
  readonly knowledge: Knowledge
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

/**
 * Keeps the distributors, and logs what is wrong with one that the API server let pass: once, and again when that is something else,
 * or comes back.
 */
export function tellingMistakes(distributors: Distributors, log: Pick<Log, 'warn'>): Consumer<Listed> {
  const told = new Map<string, string>()
  const tell = ({ namespace, name, outcome }: Listed): void => {
    const key = `${namespace}/${name}`
    if (!('mistakes' in outcome)) {
      told.delete(key)
      return
    }
    const text = JSON.stringify(outcome.mistakes)
    if (told.get(key) === text) return
    told.set(key, text)
    log.warn({ namespace, name, mistakes: outcome.mistakes },
      'this PodDistributor has mistakes: the pods it targets are created as they are')
  }
  return {
    replace(all) {
      distributors.replace(all)
      const there = new Set(all.map(({ namespace, name }) => `${namespace}/${name}`))
      for (const key of told.keys()) if (!there.has(key)) told.delete(key)
      for (const one of all) tell(one)
    },
    apply(one) {
      distributors.apply(one)
      tell(one)
    },
    remove({ namespace, name }) {
      distributors.remove(namespace, name)
      told.delete(`${namespace}/${name}`)
    },
  }
}

/** Keeps what is known in step with the cluster. Of pods and nodes only the metadata travels, and only of pods that were placed. */
export function followCluster({ knowledge: { distributors, revisions, nodes }, ...shared }: FollowOptions): Reflectors {
  const shareText = createTextPool()
  return {
    poddistributors: createReflector({
      ...shared, path: paths.poddistributors, parse: object => listDistributor(object),
      consumer: tellingMistakes(distributors, shared.log),
    }),
    pods: createReflector({
      ...shared, path: paths.pods, metadataOnly: true, parse: object => readPlacedPod(object, shareText),
      query: placedPods,
      consumer: { replace: revisions.replace, apply: revisions.apply, remove: ({ uid }) => revisions.remove(uid) },
    }),
    nodes: createReflector({
      ...shared, path: paths.nodes, metadataOnly: true, parse: readNode,
      consumer: { replace: nodes.replace, apply: nodes.apply, remove: ({ name }) => nodes.remove(name) },
    }),
  }
}
