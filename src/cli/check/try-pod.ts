import type { Distributors } from '../../placement/distributor/distributors.ts'
import type { Listed } from '../../placement/distributor/listed.ts'
import { asMap } from '../../placement/is-map.ts'
import { readPod } from '../../placement/pod.ts'
import { skipLabelled, skipNamespace, skipPod } from '../../placement/scope.ts'
import { workloadsOf } from '../../placement/workload.ts'
import { podsOf } from '../pods-of.ts'
import type { Right } from './right.ts'

type Map = Readonly<Record<string, unknown>>

/** A pod to try: the one that the next of an existing workload would be. */
export interface Candidate {
  readonly distributor: Listed
  /** The owner, as in ReplicaSet/web-5d9. */
  readonly owner: string
  readonly pod: Map
}

const replicaSets = { kind: 'ReplicaSet', group: 'apps', resource: 'replicasets' }

/** Which kind owns the pods of a target, by group and kind; others are not tried. */
const owners: Readonly<Record<string, { readonly kind: string, readonly group: string, readonly resource: string }>> = {
  'apps/Deployment': replicaSets,
  'apps/ReplicaSet': replicaSets,
  'argoproj.io/Rollout': replicaSets,
  'apps/StatefulSet': { kind: 'StatefulSet', group: 'apps', resource: 'statefulsets' },
  'batch/Job': { kind: 'Job', group: 'batch', resource: 'jobs' },
  'batch/CronJob': { kind: 'Job', group: 'batch', resource: 'jobs' },
}

/** What has to be listed to find a workload of a distributor that places; undefined for one that does not, or whose kind is not tried. */
export function ownersOf(
  { outcome, namespace, target }: Listed, ownNamespace: string,
): { readonly right: Right, readonly kind: string } | undefined {
  if (!('plan' in outcome) || outcome.plan.distributor.enforcement === 'Audit' || target === undefined) return undefined
  if (skipNamespace(namespace, ownNamespace) !== undefined) return undefined
  const owner = owners[`${target.group}/${target.kind}`]
  if (owner === undefined) return undefined
  return { kind: owner.kind, right: { verb: 'list', group: owner.group, resource: owner.resource, namespace } }
}

/** The pod that one of `objects` would get next, if `distributor` decides for it; undefined where none is. */
export function findCandidate(distributor: Listed, kind: string, objects: readonly Map[], all: Distributors): Candidate | undefined {
  for (const object of objects.toSorted(newestFirst)) {
    const pod = podOf(kind, object)
    const read = pod === undefined ? undefined : readPod(pod)
    if (pod === undefined || read === undefined || 'wrong' in read || skipLabelled(read.pod) !== undefined) continue
    const scope = skipPod(read.pod)
    if (scope.kind !== 'in-scope') continue
    const labels = read.pod.labels ?? {}
    const decides = all.find(distributor.namespace, workloadsOf(scope.owner, labels), labels)
    if (decides?.name === distributor.name) return { distributor, owner: `${kind}/${scope.owner.name}`, pod }
  }
  return undefined
}

function newestFirst(a: Map, b: Map): number {
  const [first, second] = [a, b].map(({ metadata }) => String(asMap(metadata)['creationTimestamp']))
  return first === second ? 0 : (first ?? '') > (second ?? '') ? -1 : 1
}

/** Named by the API server, so that it is none that is there. */
function podOf(kind: string, object: Map): Map | undefined {
  const { name, uid, deletionTimestamp } = asMap(object['metadata'])
  if (typeof name !== 'string' || typeof uid !== 'string' || deletionTimestamp !== undefined) return undefined
  const pod = podsOf({ ...object, kind }, 1)?.[0]?.object
  const { name: _, ...metadata } = asMap(pod?.['metadata'])
  return pod === undefined ? undefined : { ...pod, metadata: { ...metadata, generateName: `${name}-` } }
}
