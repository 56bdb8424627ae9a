import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { callApi, readApi, requestApi } from './api-server.ts'
import { waitFor, type Patience } from './wait-for.ts'

export { callApi, readApi, requestApi } from './api-server.ts'
export { waitFor } from './wait-for.ts'

export interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly generation?: number
}

export interface Condition { readonly type: string, readonly status: string, readonly reason?: string, readonly message?: string }

export interface Pod {
  readonly metadata: Metadata
  readonly spec: Readonly<Record<string, unknown>> & { readonly nodeName?: string }
  readonly status: { readonly phase?: string, readonly conditions?: readonly Condition[] }
}

interface Replicated {
  readonly metadata: Metadata
  readonly spec: { readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> } }
  readonly status: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly readyReplicas?: number
    readonly updatedReplicas?: number
  }
}

interface List<T> { readonly items: readonly T[] }

export interface KubectlOptions { readonly input?: string }

/** Runs kubectl, its options last: `kubectl('apply', '-f', '-', {input})`. Returns its output. @throws with its error output. */
export const kubectl = async (...given: readonly (string | KubectlOptions)[]): Promise<string> => {
  const args = given.filter(argument => typeof argument === 'string')
  const { input = '' } = given.find(argument => typeof argument !== 'string') ?? {}
  const child = spawn('kubectl', args, { stdio: 'pipe' })
  // A kubectl that ends before it has read everything says why itself: its broken pipe adds nothing.
  child.stdin.on('error', () => undefined).end(input)
  const ended = new Promise<number | null>((resolve, reject) => { child.on('error', reject).on('close', resolve) })
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${errors.trim()}`)
  return output
}

/** Applies YAML or objects; returns what kubectl said. @throws when the API server refuses, with what it said. */
export const apply = async (manifest: string | object, { namespace }: { readonly namespace?: string } = {}): Promise<string> => {
  const input = typeof manifest === 'string' ? manifest
    : JSON.stringify(Array.isArray(manifest) ? { apiVersion: 'v1', kind: 'List', items: manifest } : manifest)
  return kubectl('apply', '--filename=-', ...namespace === undefined ? [] : [`--namespace=${namespace}`], { input })
}

/** A namespace of the test's own, in which pods can be created at once. It is deleted after the test, its pods are gone by then. */
export const createNamespace = async (t: Pick<Test, 'teardown'>): Promise<string> => {
  const name = `versprei-test-${randomBytes(4).toString('hex')}`
  const path = `/api/v1/namespaces/${name}`
  // The run finds by this label what a test that was cut off has left.
  const labels = { 'versprei-test-run': process.env['VERSPREI_TEST_RUN'] ?? 'none' }
  await requestApi('POST', '/api/v1/namespaces', { body: { metadata: { name, labels } } })
  t.teardown(async () => {
    await callApi('DELETE', path)
    // Its controller waits 5 s before it does so (`namespaceDeletionGracePeriod`), while a terminating namespace takes no new pods from
    // its first moment on.
    await callApi('DELETE', `${path}/pods`, { body: { gracePeriodSeconds: 0 } })
    // Whoever waits until Versprei knows so many would wait for the controller, too.
    await callApi('DELETE', `/apis/versprei.versprei.io/v1beta1/namespaces/${name}/poddistributors`)
    // Not for the namespace itself: its controller waits half a pod's grace period, 15 s, before it looks again.
    await waitFor(`namespace ${name} is empty`, async () => (await listPods(name)).length === 0, { timeout: 120_000, interval: 250 })
  })
  // A controller manager whose API server has just been restarted takes up to a minute to follow it again.
  await waitFor('the namespace\'s service account is there', () => readApi(`${path}/serviceaccounts/default`), { timeout: 180_000 })
  return name
}

/** Sets the replicas of 'deployment/x', 'statefulset/x' or 'replicaset/x' through its scale subresource. */
export const scale = async (namespace: string, workload: `${'deployment' | 'statefulset' | 'replicaset'}/${string}`, replicas: number) => {
  const [kind, name] = workload.split('/')
  await requestApi('PATCH', `/apis/apps/v1/namespaces/${namespace}/${kind}s/${name}/scale`, { body: { spec: { replicas } } })
}

/** The pods of a namespace, terminating ones too; `selector` as kubectl writes it. */
export const listPods = async (namespace: string, selector = ''): Promise<readonly Pod[]> => {
  const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`
  return (await requestApi<List<Pod>>('GET', `/api/v1/namespaces/${namespace}/pods${query}`)).items
}

/**
 * Pods by the value that the label `key` has on the node they stand on: `{default: 8, spot: 2}`. Looked up on the nodes, never
 * in what Versprei wrote on the pods; `(none)` where the node lacks the label, `(pending)` where the pod has no node.
 */
export const countByGroup = async (pods: readonly Pod[], key = 'type'): Promise<Readonly<Record<string, number>>> => {
  const { items } = await requestApi<List<{ readonly metadata: Metadata }>>('GET', '/api/v1/nodes')
  const groups = new Map(items.map(node => [node.metadata.name, node.metadata.labels?.[key] ?? '(none)']))
  const standing = Map.groupBy(pods, ({ spec }) => spec.nodeName === undefined ? '(pending)' : groups.get(spec.nodeName) ?? '(none)')
  return Object.fromEntries([...standing].map(([group, members]) => [group, members.length]))
}

/** The sum of a metric of the API server over the series that have all of `labels`; 0 while there is none. */
export const metric = async (name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> => {
  const { text } = await callApi('GET', '/metrics')
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return text.split('\n')
    .filter(line => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && wanted.every(part => line.includes(part)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

/** Whether a pod, or a node, says Ready. */
export const isReady = ({ status }: Pick<Pod, 'status'>): boolean => status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

/** Waits until a Deployment has settled on n pods: as many exist, none is terminating, all are Ready. Returns them. */
export const waitReady = async (namespace: string, deployment: string, n: number, patience: Patience = {}): Promise<readonly Pod[]> =>
  waitFor(`deployment ${namespace}/${deployment} has ${n} pods, all Ready`, async () => {
    // Its status first: a list of a thousand pods at every look would slow down what is being waited for.
    const { metadata, spec, status } = await requestApi<Replicated>('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`)
    if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) throw new Error('the controller has not seen the last change')
    const { replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = status
    if (replicas !== n || readyReplicas !== n || updatedReplicas !== n) {
      throw new Error(`${replicas} pods, ${readyReplicas} Ready, ${updatedReplicas} of the current revision`)
    }
    const pods = await listPods(namespace, Object.entries(spec.selector.matchLabels ?? {}).map(pair => pair.join('=')).join(','))
    const terminating = pods.filter(pod => pod.metadata.deletionTimestamp !== undefined).length
    if (pods.length !== n || terminating > 0 || !pods.every(isReady)) throw new Error(`${pods.length} pods, ${terminating} terminating`)
    return pods
  }, { timeout: 120_000, ...patience })
