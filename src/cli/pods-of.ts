import { asMap } from '../placement/is-map.ts'

type Map = Readonly<Record<string, unknown>>

/** A pod as its controller would send it to the API server, and where. */
export interface PodToAdmit {
  readonly name: string
  readonly namespace: string
  readonly object: Map
}

/** Workloads whose pods we know how to write. */
export const workloadKinds = ['Deployment', 'ReplicaSet', 'StatefulSet', 'Job'] as const

/** The hash of a Deployment's pod template is its controller's own; any will do to tell its ReplicaSet by. */
const hash = 'admit'

/**
 * The pods of one object: a pod as it stands; of a workload as many as it has replicas, with the labels, annotations and
 * owner that its controller would give them. Undefined for any other kind.
 */
export function podsOf(object: Map, replicas: number | undefined): readonly PodToAdmit[] | undefined {
  const metadata = asMap(object['metadata'])
  const spec = asMap(object['spec'])
  const namespace = textOf(metadata['namespace']) ?? 'default'
  if (object['kind'] === 'Pod') return [{ name: textOf(metadata['name']) ?? textOf(metadata['generateName']) ?? '', namespace, object }]
  const make = { Deployment: ofDeployment, ReplicaSet: ofReplicaSet, StatefulSet: ofStatefulSet, Job: ofJob }[String(object['kind'])]
  if (make === undefined) return undefined
  const workload: Workload = { name: textOf(metadata['name']) ?? '', uid: textOf(metadata['uid']), spec }
  const count = replicas ?? defaultCount(object['kind'], spec)
  return Array.from({ length: count }, (_, index) => {
    const { name, labels, annotations, owner } = make(workload, index)
    const template = asMap(spec['template'])
    const own = asMap(template['metadata'])
    const ownAnnotations = { ...asMap(own['annotations']), ...annotations }
    const pod = {
      apiVersion: 'v1', kind: 'Pod',
      metadata: {
        ...own, ...name, namespace, labels: { ...asMap(own['labels']), ...labels },
        ...(Object.keys(ownAnnotations).length === 0 ? {} : { annotations: ownAnnotations }),
        ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
      },
      spec: template['spec'] ?? {},
    }
    return { name: `${workload.name}-${index}`, namespace, object: pod }
  })
}

interface Workload {
  readonly name: string
  readonly uid: string | undefined
  readonly spec: Map
}

interface Made {
  readonly name: Map
  readonly labels: Map
  readonly annotations: Map
  readonly owner: Map
}

function ofDeployment({ name }: Workload): Made {
  const replicaSet = `${name}-${hash}`
  return {
    name: { generateName: `${replicaSet}-` }, labels: { 'pod-template-hash': hash }, annotations: {},
    // A new revision, always: the ReplicaSets that the Deployment has now are not told here.
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSet, uid: `replicaset/${replicaSet}` },
  }
}

function ofReplicaSet({ name, uid }: Workload): Made {
  return {
    name: { generateName: `${name}-` }, labels: {}, annotations: {},
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: uid ?? `replicaset/${name}` },
  }
}

function ofStatefulSet({ name, uid, spec }: Workload, index: number): Made {
  const start = numberOf(asMap(spec['ordinals'])['start']) ?? 0
  const pod = `${name}-${start + index}`
  return {
    name: { name: pod },
    labels: {
      'apps.kubernetes.io/pod-index': String(start + index), 'controller-revision-hash': `${name}-${hash}`,
      'statefulset.kubernetes.io/pod-name': pod,
    },
    annotations: {},
    owner: { apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: uid ?? `statefulset/${name}` },
  }
}

function ofJob({ name, uid, spec }: Workload, index: number): Made {
  const completion = { 'batch.kubernetes.io/job-completion-index': String(index) }
  const isIndexed = spec['completionMode'] === 'Indexed'
  const owner = uid ?? `job/${name}`
  // The API server writes them into the template (registry/batch/job `generateSelector`), unless the Job brings a selector of its own.
  const selected = spec['manualSelector'] === true ? {} : {
    'batch.kubernetes.io/controller-uid': owner, 'controller-uid': owner, 'batch.kubernetes.io/job-name': name, 'job-name': name,
  }
  return {
    name: { generateName: isIndexed ? `${name}-${index}-` : `${name}-` },
    labels: { ...selected, ...(isIndexed ? completion : {}) }, annotations: isIndexed ? completion : {},
    owner: { apiVersion: 'batch/v1', kind: 'Job', name, uid: owner },
  }
}

function defaultCount(kind: unknown, spec: Map): number {
  if (kind !== 'Job') return numberOf(spec['replicas']) ?? 1
  const completions = numberOf(spec['completions'])
  const parallelism = numberOf(spec['parallelism']) ?? 1
  // All indexes of an indexed Job get a seat; of a plain one, those pods that run at a time.
  return spec['completionMode'] === 'Indexed' ? completions ?? parallelism : Math.min(parallelism, completions ?? parallelism)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}
