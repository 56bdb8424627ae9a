import { requestApi, type Pod } from './cluster.ts'

/** An object as a person writes it. */
export interface Manifest {
  readonly kind: string
  readonly [field: string]: unknown
}

const plurals: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1/deployments', ReplicaSet: 'apis/apps/v1/replicasets', StatefulSet: 'apis/apps/v1/statefulsets',
  Job: 'apis/batch/v1/jobs', CronJob: 'apis/batch/v1/cronjobs', ReplicationController: 'api/v1/replicationcontrollers', Pod: 'api/v1/pods',
  PodDisruptionBudget: 'apis/policy/v1/poddisruptionbudgets',
  PodDistributor: 'apis/versprei.versprei.io/v1beta1/poddistributors', Rollout: 'apis/argoproj.io/v1alpha1/rollouts',
  Widget: 'apis/example.com/v1/widgets',
}

/** Where the API has the objects of a kind, and the one that is named. */
export function pathOf(namespace: string, kind: string, name?: string): string {
  const plural = plurals[kind]
  if (plural === undefined) throw new Error(`no path is listed here for the kind ${kind}`)
  const cut = plural.lastIndexOf('/')
  return `/${plural.slice(0, cut)}/namespaces/${namespace}${plural.slice(cut)}${name === undefined ? '' : `/${name}`}`
}

/** Creates an object, by one call; returns it as the API server stored it. */
export function create(namespace: string, manifest: Manifest, { dryRun = false } = {}): Promise<Pod> {
  return requestApi('POST', `${pathOf(namespace, manifest.kind)}${dryRun ? '?dryRun=All' : ''}`, { body: manifest })
}

/** Sets the replicas of a workload. */
export async function resize(namespace: string, kind: string, name: string, replicas: number): Promise<void> {
  await requestApi('PATCH', `${pathOf(namespace, kind, name)}/scale`, { body: { spec: { replicas } } })
}
