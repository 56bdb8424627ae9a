/** Where the API server has a kind. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  /** What stands between it and its pods. */
  readonly by?: 'ReplicaSet' | 'Job'
}

/** The workloads that can be asked for. */
const resources = {
  Deployment: { group: 'apps', version: 'v1', plural: 'deployments', by: 'ReplicaSet' },
  StatefulSet: { group: 'apps', version: 'v1', plural: 'statefulsets' },
  ReplicaSet: { group: 'apps', version: 'v1', plural: 'replicasets' },
  Job: { group: 'batch', version: 'v1', plural: 'jobs' },
  CronJob: { group: 'batch', version: 'v1', plural: 'cronjobs', by: 'Job' },
  Rollout: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', by: 'ReplicaSet' },
} as const satisfies Readonly<Record<string, Resource>>

export type WorkloadKind = keyof typeof resources
export const workloadKinds = [
  'Deployment', 'StatefulSet', 'ReplicaSet', 'Job', 'CronJob', 'Rollout',
] as const satisfies readonly WorkloadKind[]

export function resourceOf(kind: WorkloadKind): Resource {
  return resources[kind]
}
