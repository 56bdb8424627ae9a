import { decide, type Decision, type Placement } from '../../src/placement/decide.ts'
import { listDistributor } from '../../src/placement/distributor/listed.ts'
import { createKnowledge, type Knowledge } from '../../src/placement/knowledge.ts'
import { isMap } from '../../src/placement/is-map.ts'
import type { PlacedPod } from '../../src/placement/seats/revision.ts'
import type { Request } from '../../src/placement/scope.ts'
import { readPlacedPod } from '../../src/placement/seats/placed-pod.ts'
import { applyPatch } from './apply-patch.ts'

/** Short ways to write what placement knows and is asked, for tables. */

export type Json = Readonly<Record<string, unknown>>

export const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
export const regular = { nodeLabel: { type: 'default' }, weight: 80 }
export const spot = { nodeLabel: { type: 'spot' }, weight: 20 }

/** A PodDistributor as it stands in a manifest. */
export const written = (spec: Json = {}, metadata: Json = {}): Json => ({
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { target: deployment, distribution: [regular, spot], ...spec },
})

export function know(...distributors: readonly Json[]): Knowledge {
  const knowledge = createKnowledge('versprei-system')
  for (const one of distributors.length > 0 ? distributors : [written()]) knowledge.distributors.apply(listDistributor(one))
  return knowledge
}

export const ownedBy = (apiVersion: string, kind: string, name: string): readonly Json[] =>
  [{ apiVersion, kind, name, uid: `uid-of-${name}`, controller: true }]

/** A pod of the Deployment `web`, as the ReplicaSet controller sends it. */
export const pod = (spec: Json = {}, metadata: Json = {}): Json => ({
  metadata: {
    generateName: 'web-5d4f-', labels: {
      app: 'web', 'pod-template-hash': '5d4f',
    }, ownerReferences: ownedBy('apps/v1', 'ReplicaSet', 'web-5d4f'),
    ...metadata,
  },
  spec: { containers: [{ name: 'main', image: 'web:1' }], ...spec },
})

export const ask = (object: unknown, fields: Partial<Request> = {}): Request => ({
  uid: 'review-1', operation: 'CREATE', kind: {
    group: '', kind: 'Pod',
  }, subResource: '', namespace: 'shop', dryRun: false, object, ...fields,
})

type Deciding = Parameters<typeof decide>[0]

export const decideOn = (knowledge: Deciding, object: unknown, fields: Partial<Request> = {}): Decision =>
  decide(knowledge, ask(object, fields), 1000)

/** Decides, and fails where the pod is not placed. */
export function place(knowledge: Deciding, object: unknown, fields: Partial<Request> = {}): Placement {
  const decision = decideOn(knowledge, object, fields)
  if (decision.kind !== 'place') throw new Error(`not placed: ${decision.reason} ${decision.warning ?? ''}`)
  return decision
}

/** Has `count` pods created, one after the other, and shown by the watch: what the API server would make of each answer. */
export function grow(knowledge: Knowledge, count: number, object: Json = pod(), prefix = 'pod'): readonly PlacedPod[] {
  return Array.from({ length: count }, (_, index) => {
    const { patch } = place(knowledge, object, { uid: `${prefix}-review-${index}` })
    const seen = readPlacedPod(applyPatch({
      ...object, metadata: {
        ...(isMap(object['metadata']) ? object['metadata'] : {}), uid: `${prefix}-${index}`, namespace: 'shop',
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
    }, patch))
    if (seen === undefined) throw new Error('a placed pod does not count')
    knowledge.revisions.apply(seen)
    return seen
  })
}
