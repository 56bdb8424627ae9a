import { asMap } from '../../placement/is-map.ts'
import { itemsOf } from './api.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { makeAgain, type InstalledBy } from './installed-by.ts'
import { fail, ok, skip, warn, type Line } from './line.ts'
import type { Called } from '../called.ts'

const look = (namespace: string): string =>
  `kubectl -n ${namespace} get pods, describe those that are not ready, and see their log; /readyz says what a replica waits for`

export interface ReplicaFacts {
  readonly called: Called | undefined
  readonly deployment: Asked
  /** Those labelled as Versprei's: they count where there is no Deployment. */
  readonly pods: Asked
  readonly namespace: string
  readonly by: InstalledBy
}

/** Whether replicas run. */
export function judgeReplicas({ called, deployment, pods, namespace, by }: ReplicaFacts): Line {
  if (deployment.kind === 'found') return judgeDeployment(deployment.value, namespace)
  if (isUnknown(deployment) && isUnknown(pods)) return unknown('replicas', 'the replicas', deployment)
  if (isUnknown(pods)) return unknown('replicas', 'the pods of Versprei', pods)
  const all = pods.kind === 'found' ? itemsOf(pods.value) : []
  const ready = all.filter(isReady).length
  if (ready > 0) return ok('replicas', `${ready} of ${all.length} pods ready`)
  if (all.length > 0) return fail('replicas', `none of ${all.length} pods is ready`, look(namespace))
  return called?.kind === 'url'
    ? skip('replicas', `none in ${namespace}: the API server calls a Versprei that may run elsewhere`)
    : fail('replicas', `there is neither a Deployment versprei nor a pod of Versprei in ${namespace}`,
      `install it: ${makeAgain(by)}; or name its namespace: -n NAMESPACE`)
}

function judgeDeployment({ spec, status }: Readonly<Record<string, unknown>>, namespace: string): Line {
  // The API server leaves out a zero of the status.
  const [wanted, ready] = [Number(asMap(spec)['replicas'] ?? 1), Number(asMap(status)['readyReplicas'] ?? 0)]
  const text = `${ready} of ${wanted} ready`
  const scale = `kubectl -n ${namespace} scale deployment versprei --replicas 2`
  if (wanted === 0) return fail('replicas', 'scaled to 0: pods are created as if there were no Versprei', scale)
  if (ready === 0) return fail('replicas', text, look(namespace))
  return ready < wanted ? warn('replicas', text, look(namespace)) : ok('replicas', text)
}

function isReady({ status }: Readonly<Record<string, unknown>>): boolean {
  const { conditions } = asMap(status)
  return Array.isArray(conditions) && conditions.map(asMap).some(one => one['type'] === 'Ready' && one['status'] === 'True')
}
