import type { Owner } from '../../placement/pod.ts'
import { readMetadata } from '../../survey/read-metadata.ts'
import type { Right } from '../check/right.ts'
import type { Reader } from './reader.ts'

type Map = Readonly<Record<string, unknown>>

/** A controller, and its object where that could be read and is the same one. */
export interface Link {
  readonly owner: Owner
  readonly object: Map | undefined
  /** Whether there is none of its name and uid any more. */
  readonly isGone: boolean
}

/** Where the controllers are that are followed, by API group and kind. */
const resources: Readonly<Record<string, string>> = {
  'apps/ReplicaSet': 'replicasets', 'apps/Deployment': 'deployments', 'apps/StatefulSet': 'statefulsets', 'apps/DaemonSet': 'daemonsets',
  'batch/Job': 'jobs', 'batch/CronJob': 'cronjobs', 'argoproj.io/Rollout': 'rollouts', '/ReplicationController': 'replicationcontrollers',
}

/** Longer chains there are none: CronJob, Job, pod. */
const longest = 4

/** Where an object of this group and kind is; undefined for kinds that are not followed. */
export function rightTo({ group, kind, name }: Pick<Owner, 'group' | 'kind' | 'name'>, namespace: string): Right | undefined {
  const resource = resources[`${group}/${kind}`]
  return resource === undefined ? undefined : { verb: 'get', group, resource, namespace, name }
}

/** The controllers of an object, the nearest first; each is asked for by name, and held against the uid that its dependent names. */
export async function readOwnerChain(reader: Reader, namespace: string, first: Owner | undefined): Promise<readonly Link[]> {
  const chain: Link[] = []
  let owner = first
  while (owner !== undefined && chain.length < longest) {
    const link = await follow(reader, namespace, owner)
    chain.push(link)
    owner = link.object === undefined ? undefined : readMetadata(link.object)?.owner
  }
  return chain
}

async function follow(reader: Reader, namespace: string, owner: Owner): Promise<Link> {
  const right = rightTo(owner, namespace)
  if (right === undefined) return { owner, object: undefined, isGone: false }
  const asked = await reader.ask(right)
  if (asked.kind === 'forbidden') reader.miss(`${right.resource}: you may not ${asked.right}`)
  const object = asked.kind === 'found' && readMetadata(asked.value)?.uid === owner.uid ? asked.value : undefined
  return { owner, object, isGone: asked.kind === 'absent' || (asked.kind === 'found' && object === undefined) }
}
