import { asMap } from '../../placement/is-map.ts'
import { readPod, type Owner, type Pod } from '../../placement/pod.ts'
import { readTemplate } from '../../survey/explain/as-created.ts'
import { explainWorkload, type RevisionFacts, type WorkloadExplanation } from '../../survey/explain/explain-workload.ts'
import { knowledgeOf } from '../../survey/explain/knowledge.ts'
import { readSeenPod, type SeenPod } from '../../survey/explain/seen-pod.ts'
import { readMetadata } from '../../survey/read-metadata.ts'
import { resourceOf } from '../../survey/workload-kinds.ts'
import { podsOf } from '../pods-of.ts'
import type { Reader } from './reader.ts'
import { registeredFor } from './registered-for.ts'
import { selectorText } from './selector-text.ts'
import type { Subject } from './subject.ts'

type Map = Readonly<Record<string, unknown>>

export interface WorkloadAsked {
  readonly kind: Exclude<Subject['kind'], 'Pod'>
  readonly namespace: string
  /** As the API server has it. */
  readonly object: Map
  /** What would become of it at so many. */
  readonly replicas: number | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

const podsResource = { group: '', version: 'v1', plural: 'pods' } as const

/** Explains a workload that is there; what that takes is read now. Undefined for what has no name and uid. */
export async function explainWorkloadOf(reader: Reader, asked: WorkloadAsked): Promise<WorkloadExplanation | undefined> {
  const { kind, namespace, object, replicas, now } = asked
  const metadata = readMetadata(object)
  if (metadata === undefined) return undefined
  const spec = asMap(object['spec'])
  const labelSelector = selectorText(spec['selector'])
  const [makers, pods, distributors, nodes] = await Promise.all([
    readMakers(reader, asked, metadata.uid, labelSelector),
    reader.list(podsResource, { keep: readSeenPod, ...labelSelector === undefined ? {} : { labelSelector } }),
    reader.distributors(), reader.nodes(),
  ])
  const isRead = makers !== undefined && pods !== undefined
  const revisions = !isRead ? [] : makers.map((maker, index) => revisionOf(maker, index === 0, pods)).filter(one => one !== undefined)
  const own = revisions.flatMap(revision => revision.pods)
  const registered = await registeredFor(reader, own)
  const owner = metadata.owner === undefined ? undefined : `${metadata.owner.kind}/${metadata.owner.name}`
  const explanation = explainWorkload({
    kind, namespace, name: metadata.name, owner, revisions, now,
    replicas: typeof spec['replicas'] === 'number' ? spec['replicas'] : undefined,
    nextPod: nextPodOf(makers?.[0] ?? object, kind),
    knowledge: knowledgeOf({ distributors, nodes, ownNamespace: registered.ownNamespace, pods: isRead ? own : undefined }),
    registration: registered.registration,
    asked: replicas === undefined ? undefined : { replicas, firstOrdinal: kind === 'StatefulSet' ? firstOrdinalOf(spec) : undefined },
  })
  const isOpen = explanation.wrong?.strays.some(({ cause }) => cause !== 'younger-distributor') ?? false
  if (isOpen && registered.registration.kind === 'unknown') reader.miss(registered.unread)
  return explanation
}

/** What makes the pods: the workload itself, or its ReplicaSets, the current one first; undefined where these may not be read. */
async function readMakers(
  reader: Reader, { kind, object }: WorkloadAsked, uid: string, labelSelector: string | undefined,
): Promise<readonly Map[] | undefined> {
  if (kind !== 'Deployment' && kind !== 'Rollout') return [{ ...object, kind }]
  const keep = (one: unknown): Map | undefined =>
    (readMetadata(one)?.owner?.uid === uid ? { ...asMap(one), apiVersion: 'apps/v1', kind: 'ReplicaSet' } : undefined)
  const sets = await reader.list(resourceOf('ReplicaSet'), { keep, ...labelSelector === undefined ? {} : { labelSelector } })
  return sets?.toSorted(newestFirst)
}

/** By the number that the controller gives a revision: one that is rolled back to gets the next. */
function newestFirst(a: Map, b: Map): number {
  const created = (one: Map): string => String(asMap(one['metadata'])['creationTimestamp'])
  return numberOf(b) - numberOf(a) || (created(a) > created(b) ? -1 : 1)
}

function numberOf(set: Map): number {
  const annotations = readMetadata(set)?.annotations ?? {}
  return Number(annotations['deployment.kubernetes.io/revision'] ?? annotations['rollout.argoproj.io/revision'] ?? 0) || 0
}

function revisionOf(maker: Map, isCurrent: boolean, pods: readonly SeenPod[]): RevisionFacts | undefined {
  const metadata = readMetadata(maker)
  if (metadata === undefined) return undefined
  const { apiVersion, kind, spec } = maker
  const version = String(apiVersion)
  const owner: Owner = {
    group: version.slice(0, Math.max(0, version.indexOf('/'))), kind: String(kind), name: metadata.name, uid: metadata.uid,
  }
  return {
    owner, isCurrent, template: readTemplate(asMap(spec)['template']),
    pods: pods.filter(({ surveyed }) => surveyed.owner?.uid === metadata.uid),
  }
}

/** As its controller would send it. A Rollout that has no ReplicaSet yet makes pods that nobody can foresee. */
function nextPodOf(maker: Map, kind: string): Pod | undefined {
  const [pod] = podsOf({ kind, ...maker }, 1) ?? []
  const read = pod === undefined ? undefined : readPod(pod.object)
  return read !== undefined && 'pod' in read ? read.pod : undefined
}

function firstOrdinalOf(spec: Map): number {
  const { start } = asMap(spec['ordinals'])
  return typeof start === 'number' ? start : 0
}
