import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Test } from 'tap'
import { webhookEntry } from '../../../src/controllers/webhook-entry.ts'
import { asMap } from '../../../src/placement/is-map.ts'
import { distributor, made, nodes, placedPod, podOf, replicaSet } from '../../survey/explain/facts.ts'
import { writeKubeconfig } from '../api-server.ts'
import { runCommand, type Ran } from '../run-command.ts'

type Map = Readonly<Record<string, unknown>>

/** A cluster as its API server shows it, all in memory; a test breaks what it is about. */
export interface Cluster {
  /** What is answered to GET, by path; a list is its items. A number is the code of a refusal, and what is not there is not found. */
  readonly objects: Record<string, unknown>
  /** What was asked for, with its query. */
  readonly asked: string[]
  readonly explain: (...args: readonly string[]) => Promise<Ran>
}

const [core, apps] = ['/api/v1/namespaces/shop', '/apis/apps/v1/namespaces/shop']
export const paths = {
  pods: `${core}/pods`, events: `${core}/events`, namespace: '/api/v1/namespaces/shop', nodes: '/api/v1/nodes',
  replicaSets: `${apps}/replicasets`, deployments: `${apps}/deployments`, statefulSets: `${apps}/statefulsets`,
  distributors: '/apis/versprei.versprei.io/v1beta1/namespaces/shop/poddistributors',
  registration: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei',
} as const

const selector = { matchLabels: { app: 'web' } }
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app' }] } }
export const deployment = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop', uid: 'uid-of-web', creationTimestamp: made },
  spec: { replicas: 3, selector, template },
}
export const set = {
  apiVersion: 'apps/v1', kind: 'ReplicaSet',
  metadata: {
    name: replicaSet.name, namespace: 'shop', uid: replicaSet.uid, annotations: { 'deployment.kubernetes.io/revision': '1' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-of-web', controller: true }],
  },
  spec: {
    replicas: 3, selector: { matchLabels: { 'app': 'web', 'pod-template-hash': '5d4f' } },
    template: { ...template, metadata: { labels: { 'app': 'web', 'pod-template-hash': '5d4f' } } },
  },
}

const entry = webhookEntry({ service: { namespace: 'versprei-system', name: 'versprei' } }, undefined, 'versprei-system')

/** Three pods that stand where they should. */
const pods = [
  placedPod('type-default', 0, 'web-5d4f-a'), placedPod('type-default', 1, 'web-5d4f-b'), placedPod('type-spot', 2, 'web-5d4f-c'),
]

/** A pod of the workload that no admission placed. */
export const stray = podOf({ name: 'web-5d4f-s', spec: { nodeName: 'other' } })

/** A Deployment of three pods, and who places them. */
export async function startCluster(t: Test): Promise<Cluster> {
  const objects: Record<string, unknown> = {
    '/version': {}, [paths.distributors]: [distributor()], [paths.nodes]: nodes.map(({ name, labels }) => ({ metadata: { name, labels } })),
    [paths.pods]: [...pods], [paths.replicaSets]: [set], [paths.deployments]: [deployment], [paths.events]: [],
    [paths.namespace]: { metadata: { name: 'shop', uid: 'n', labels: { 'kubernetes.io/metadata.name': 'shop' } } },
    [paths.registration]: { webhooks: [entry] },
  }
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://loopback')
    asked.push(`${request.method} ${pathname}${search}`)
    const found = answerTo(objects, pathname)
    response.setHeader('content-type', 'application/json')
    response.statusCode = typeof found === 'number' ? found : 200
    const reason = found === 403 ? 'Forbidden' : 'NotFound'
    response.end(JSON.stringify(typeof found === 'number' ? { kind: 'Status', code: found, reason, message: 'no' } : found))
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.close().closeAllConnections() })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const kubeconfig = await writeKubeconfig(join(t.testdir({}), 'kubeconfig'), port)
  return { objects, asked, explain: (...args) => runCommand(['explain', ...args, '-n', 'shop', '--kubeconfig', kubeconfig]) }
}

/** A list, one of its items, or what stands at the path itself. */
function answerTo(objects: Map, path: string): unknown {
  const own = objects[path]
  if (Array.isArray(own)) return { kind: 'List', metadata: { resourceVersion: '1' }, items: own }
  if (own !== undefined) return own
  const cut = path.lastIndexOf('/')
  const list = objects[path.slice(0, cut)]
  if (typeof list === 'number') return list
  const item: unknown = Array.isArray(list) ? list.find(one => asMap(asMap(one)['metadata'])['name'] === path.slice(cut + 1)) : undefined
  return item ?? 404
}
