import { apply, callApi, requestApi, scale } from '../../test/cluster/cluster.ts'
import { countPods } from '../../test/cluster/standing.ts'
import { waitFor } from '../../test/cluster/wait-for.ts'

interface Deployment { readonly status: { readonly readyReplicas?: number } }

/** The opt-out label: the API server does not send a pod that has it to Versprei at all. */
const ignored = { 'versprei.io/ignore': 'true' }

export interface Workload {
  readonly namespace: string
  readonly name: string
  readonly replicas: number
  /** Whether Versprei is asked about its pods. */
  readonly isPlaced: boolean
}

/** A namespace, with a PodDistributor for all its Deployments when there is something to place. */
export async function openNamespace(name: string, isPlaced: boolean): Promise<void> {
  await requestApi('POST', '/api/v1/namespaces', { body: { metadata: { name } } })
  await waitFor('the namespace\'s service account is there', async () =>
    (await callApi('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`)).status === 200)
  if (!isPlaced) return
  await apply({
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web', namespace: name },
    spec: {
      target: { apiVersion: 'apps/v1', kind: 'Deployment' },
      distribution: [{ nodeLabel: { type: 'default' }, weight: 80 }, { nodeLabel: { type: 'spot' }, weight: 20 }],
    },
  })
}

export async function closeNamespace(name: string): Promise<void> {
  await callApi('DELETE', `/api/v1/namespaces/${name}`)
  await waitUntilEmpty(name)
}

/** The name of a Deployment is the label `app` of its pods. */
export async function createDeployment({ namespace, name, replicas, isPlaced }: Workload): Promise<void> {
  const labels = { app: name }
  const containers = [{ name: 'web', image: 'web', resources: { requests: { cpu: '10m', memory: '16Mi' } } }]
  await requestApi('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    body: {
      metadata: { name },
      spec: {
        replicas, selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, ...isPlaced ? {} : ignored } }, spec: { containers, terminationGracePeriodSeconds: 0 },
        },
      },
    },
  })
}

/** Milliseconds until a Deployment has so many Ready pods, from the moment it is asked for them. */
export async function grow(namespace: string, name: string, replicas: number): Promise<number> {
  const begin = performance.now()
  await scale(namespace, `deployment/${name}`, replicas)
  await waitFor(`${namespace}/${name} has ${replicas} Ready pods`, async () => {
    const { status } = await requestApi<Deployment>('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)
    return status.readyReplicas === replicas
  }, { timeout: 150_000, interval: 50 })
  return performance.now() - begin
}

/** Deletes a Deployment, and waits until its pods are gone. */
export async function removeDeployment(namespace: string, name: string): Promise<void> {
  await callApi('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)
  await waitUntilEmpty(namespace)
}

export async function waitUntilEmpty(namespace: string): Promise<void> {
  await waitFor(`namespace ${namespace} is empty`, async () => await countPods(namespace) === 0, { timeout: 150_000, interval: 250 })
}
