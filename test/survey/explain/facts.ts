import { explainPod, type PodExplanation, type SchedulerWord } from '../../../src/survey/explain/explain-pod.ts'
import { knowledgeOf, type Unread } from '../../../src/survey/explain/knowledge.ts'
import { readSeenDistributor } from '../../../src/survey/explain/seen-distributor.ts'
import { readSeenPod, type SeenPod } from '../../../src/survey/explain/seen-pod.ts'
import type { Registration } from '../../../src/survey/explain/stray-cause.ts'
import { written, type Json } from '../../placement/known.ts'

/** Objects as an API server has them, for explanations. */

export const nodes = [
  { name: 'd1', labels: { type: 'default' } }, { name: 'd2', labels: { type: 'default' } }, { name: 's1', labels: { type: 'spot' } },
  { name: 'other', labels: { type: 'other' } },
]

/** When the distributors of these tests were made, and their pods a minute later. */
export const [made, later] = ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']

export const distributor = (spec: Json = {}, metadata: Json = {}): Json => written(spec, { creationTimestamp: made, ...metadata })

export const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', uid: 'uid-of-web-5d4f', controller: true }

export interface PodFields {
  readonly name?: string
  readonly metadata?: Json
  readonly labels?: Json
  readonly annotations?: Json
  readonly spec?: Json
  readonly status?: Json
  readonly owner?: Json | null
}

/** A pod of the Deployment `web` in `shop`, running on `d1` unless it says otherwise. */
export function podOf(fields: PodFields = {}) {
  const { name = 'web-5d4f-a', metadata = {}, labels = {}, annotations = {}, spec = {}, status = {}, owner = replicaSet } = fields
  return {
    metadata: {
      name, namespace: 'shop', uid: `uid-${name}`, generateName: 'web-5d4f-', creationTimestamp: later,
      labels: { 'app': 'web', 'pod-template-hash': '5d4f', ...labels }, annotations,
      ...owner === null ? {} : { ownerReferences: [owner] }, ...metadata,
    },
    spec: { nodeName: 'd1', containers: [{ name: 'app', image: 'app' }], ...spec },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: later }], ...status },
  }
}

/** The marks of a pod that was placed. */
export const marks = (group: string, seat: number, name = 'web-5d4f-a', by = 'web') => ({
  labels: { 'versprei.io/distributor': by, 'versprei.io/group': group },
  annotations: {
    'versprei.io/seat': String(seat), 'versprei.io/admission': `review-of-${name}`,
    'controller.kubernetes.io/pod-deletion-cost': String(1_000_000_000 - seat),
  },
})

/** One that was placed, on a node of its group. */
export function placedPod(group: string, seat: number, name = 'web-5d4f-a', fields: PodFields = {}) {
  const { labels, annotations } = marks(group, seat, name)
  const node = group === 'type-spot' ? 's1' : 'd1'
  return podOf({
    name, ...fields, labels: { ...labels, ...fields.labels }, annotations: { ...annotations, ...fields.annotations },
    spec: { nodeName: node, ...fields.spec },
  })
}

export interface Around {
  readonly distributors?: readonly Json[]
  readonly template?: unknown
  readonly siblings?: readonly unknown[]
  readonly registration?: Registration['kind']
  readonly ownNamespace?: string
  readonly schedulerSaid?: SchedulerWord
  /** What may not be read. */
  readonly unread?: readonly (Unread | 'nodes')[]
}

export function seenPod(object: unknown): SeenPod {
  const seen = readSeenPod(object)
  if (seen === undefined) throw new Error('that is no pod')
  return seen
}

/** What is told of a pod. */
export function explained(object: unknown, around: Around = {}): PodExplanation {
  const { distributors = [distributor()], template, siblings = [], registration = 'called', ownNamespace, schedulerSaid, unread = [] } = around
  const seen = seenPod(object)
  const all = [seen, ...siblings.map(seenPod)]
  const owner = seen.surveyed.owner
  return explainPod({
    seen, object, template, schedulerSaid, siblings: all, registration: { kind: registration }, owners: owner === undefined ? [] : [owner],
    knowledge: knowledgeOf({
      distributors: unread.includes('distributors') ? undefined : distributors.map(readSeenDistributor),
      nodes: unread.includes('nodes') ? [] : nodes, ownNamespace, pods: unread.includes('pods') ? undefined : all,
    }),
  })
}
