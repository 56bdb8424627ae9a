import type { Owner, Pod } from './pod.ts'

/** Whose pod it may be: its controlling owner, and what that owner belongs to itself. */
export interface Workload {
  readonly group: string
  readonly kind: string
  readonly name: string
}

/**
 * The workloads that a distributor may name for this pod, nearest first, told from the pod alone: no API call is made
 * inside a request. A Deployment names its ReplicaSets `<name>-<hash>` and labels their pods with the hash, so does an
 * Argo Rollout; a CronJob names its Jobs `<name>-<minutes since 1970>`, eight digits until the year 2160 (a Job `import-2` is its own).
 */
export function workloadsOf(owner: Owner, labels: Pod['labels']): readonly Workload[] {
  const nearest: Workload = { group: owner.group, kind: owner.kind, name: owner.name }
  if (owner.group === 'apps' && owner.kind === 'ReplicaSet') {
    const deployment = withoutHash(owner.name, labels, 'pod-template-hash')
    const rollout = withoutHash(owner.name, labels, 'rollouts-pod-template-hash')
    return [
      nearest,
      ...(deployment === undefined ? [] : [{ group: 'apps', kind: 'Deployment', name: deployment }]),
      ...(rollout === undefined ? [] : [{ group: 'argoproj.io', kind: 'Rollout', name: rollout }]),
    ]
  }
  const scheduled = owner.group === 'batch' && owner.kind === 'Job' ? /^(?<name>.+)-\d{8}$/u.exec(owner.name)?.groups?.['name'] : undefined
  return scheduled === undefined ? [nearest] : [nearest, { group: 'batch', kind: 'CronJob', name: scheduled }]
}

function withoutHash(name: string, labels: Pod['labels'], label: string): string | undefined {
  const hash = labels !== undefined && Object.hasOwn(labels, label) ? labels[label] : undefined
  if (hash === undefined || hash === '' || !name.endsWith(`-${hash}`)) return undefined
  return name.slice(0, -hash.length - 1) || undefined
}

/**
 * The seat that the pod's controller has given it already: a StatefulSet pod's ordinal, an indexed Job's completion index
 * (label `apps.kubernetes.io/pod-index` since Kubernetes 1.28, annotation `batch.kubernetes.io/job-completion-index`).
 * Undefined for pods that are all alike.
 */
export function ownSeat({ owner, labels, annotations }: Pod): number | undefined {
  const index = owner?.kind === 'StatefulSet'
    ? labels?.['apps.kubernetes.io/pod-index']
    : owner?.kind === 'Job' ? annotations?.['batch.kubernetes.io/job-completion-index'] : undefined
  return index !== undefined && /^\d{1,10}$/u.test(index) ? Number(index) : undefined
}
