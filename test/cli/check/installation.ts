import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Test } from 'tap'
import { parse } from 'yaml'
import { createAuthority, issueLeaf } from '../../../src/certificates/authority.ts'
import { check, type CheckOutput } from '../../../src/cli/check/check.ts'
import type { Line } from '../../../src/cli/check/line.ts'
import { webhookEntry } from '../../../src/controllers/webhook-entry.ts'
import { asMap } from '../../../src/placement/is-map.ts'
import { writeKubeconfig } from '../api-server.ts'

type Map = Readonly<Record<string, unknown>>

/** An installation as an API server shows it, all in memory; a test breaks what it is about. */
export interface Installation {
  /** The file that names its API server. */
  readonly kubeconfig: string
  /** This machine's clock, which stands still. */
  readonly start: number
  /** What is answered to GET, by path; a number is the code of a refusal, and a path that is not there is not found. */
  readonly objects: Map & Record<string, unknown>
  /** Who is asked about, and what: rights that are not held, as "verb resource". */
  readonly lacks: Set<string>
  /** What creating a pod by dry run is answered, at this path. */
  create: (pod: Pod, path: string) => object | { readonly code: number, readonly message: string }
  /** The methods and paths that were asked for. */
  readonly asked: string[]
  /** What happens while it waits between two looks. */
  onWait: () => void
  /** The API server's clock. */
  now: () => number
  readonly check: (output?: CheckOutput) => Promise<Ran>
}

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>>, readonly generateName?: string, readonly name?: string }
}

const admission = '/apis/admissionregistration.k8s.io/v1'
export const paths = {
  version: '/version',
  crd: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/poddistributors.versprei.versprei.io',
  registration: `${admission}/mutatingwebhookconfigurations/versprei`,
  policy: `${admission}/validatingadmissionpolicies/versprei-pods`,
  bindings: `${admission}/validatingadmissionpolicybindings`,
  distributors: '/apis/versprei.versprei.io/v1beta1/poddistributors',
  metrics: '/metrics',
  service: '/api/v1/namespaces/versprei-system/services/versprei',
  slices: '/apis/discovery.k8s.io/v1/namespaces/versprei-system/endpointslices',
  deployment: '/apis/apps/v1/namespaces/versprei-system/deployments/versprei',
  pods: '/api/v1/namespaces/versprei-system/pods',
  lease: '/apis/coordination.k8s.io/v1/namespaces/versprei-system/leases/versprei',
  account: '/api/v1/namespaces/versprei-system/serviceaccounts/versprei',
  secret: '/api/v1/namespaces/versprei-system/secrets/versprei-certificates',
  replicaSets: '/apis/apps/v1/namespaces/shop/replicasets',
} as const

const config = join(import.meta.dirname, '../../../config')
const read = async (file: string): Promise<Map> => parse(await readFile(join(config, file), 'utf8'))

export const list = (...items: readonly unknown[]) => ({ kind: 'List', metadata: { resourceVersion: '1' }, items })

const condition = (type: string, status: string, reason: string) =>
  ({ type, status, reason, message: '', lastTransitionTime: '2026-01-01T00:00:00Z' })

export const distributor = {
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web', namespace: 'shop' },
  spec: {
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    distribution: [{ name: 'spot', nodeLabel: { type: 'spot' }, weight: 1 }],
  },
  status: { conditions: [condition('Ready', 'True', 'Placing'), condition('Degraded', 'False', 'AsExpected')] },
}

export const replicaSet = {
  metadata: { name: 'web-5d9', namespace: 'shop', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { template: { metadata: { labels: { app: 'web', 'pod-template-hash': '5d9' } }, spec: { containers: [] } } },
}

export const lease = (renewTime: number, spec: object = {}) => ({
  metadata: { name: 'versprei', resourceVersion: '1', uid: 'l' },
  spec: { holderIdentity: 'versprei-1', leaseDurationSeconds: 15, renewTime: new Date(renewTime).toISOString(), ...spec },
})

interface Served {
  readonly authority: string
  readonly cert: string
  readonly key: string
}

async function makeCertificates(): Promise<Served> {
  const now = new Date()
  const authority = await createAuthority({ now, commonName: 'Versprei' })
  const { certificate: cert, key } = await issueLeaf(authority, { hosts: ['versprei.versprei-system.svc', '127.0.0.1'], now })
  return { authority: authority.certificate, cert, key }
}

/** Made once: that takes a while. */
let made: Promise<Served> | undefined

/** Certificates as replicas make them, and a server on loopback that shows them. */
export async function serveCertificates(t: Test): Promise<Served & { readonly port: number }> {
  made ??= makeCertificates()
  const served = await made
  const server = createTlsServer(served, socket => { socket.on('error', () => undefined).end() }).on('tlsClientError', () => undefined)
  return { ...served, port: await listenOn(t, server) }
}

async function listenOn(t: Test, server: Server): Promise<number> {
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => new Promise(resolve => { server.close(resolve) }))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A good installation, whose one endpoint answers on loopback. */
export async function install(t: Test): Promise<Installation> {
  // Half past a second: the header Date cuts it off.
  const start = new Date(Math.floor(Date.now() / 1000) * 1000 + 500)
  const served = await serveCertificates(t)
  const [crd, policy, binding, service, deployment] = await Promise.all([
    'crd/poddistributors.yaml', 'policy/validating-admission-policy.yaml', 'policy/validating-admission-policy-binding.yaml',
    'deploy/service.yaml', 'deploy/deployment.yaml',
  ].map(read))
  const reach = { service: { namespace: 'versprei-system', name: 'versprei' } }
  const objects: Record<string, unknown> = {
    [paths.version]: { major: '1', minor: '30+', gitVersion: 'v1.30.4-gke.1' },
    [paths.crd]: { ...crd, status: { conditions: [{ type: 'Established', status: 'True' }] } },
    [paths.registration]: { webhooks: [webhookEntry(reach, served.authority, 'versprei-system')] },
    [paths.policy]: policy, [paths.bindings]: list(binding), [paths.distributors]: list(distributor), [paths.service]: service,
    [paths.metrics]: 'apiserver_admission_webhook_fail_open_count{name="other.example.com",type="admit"} 7\n',
    [paths.slices]: list({
      ports: [{ name: 'https', port: served.port }], endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    }),
    [paths.deployment]: { ...deployment, status: { readyReplicas: 2 } },
    [paths.pods]: list(), [paths.lease]: lease(start.getTime() - 1000), [paths.account]: {}, [paths.replicaSets]: list(replicaSet),
    [paths.secret]: { metadata: { namespace: 'versprei-system' }, data: { 'tls.crt': base64(served.cert) } },
  }
  return serve(t, objects, start)
}

async function serve(t: Test, objects: Record<string, unknown>, start: Date): Promise<Installation> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://loopback')
    const body = Buffer.concat(await request.toArray()).toString()
    installation.asked.push(`${request.method} ${pathname}`)
    response.sendDate = false
    response.setHeader('date', new Date(installation.now()).toUTCString())
    response.setHeader('content-type', 'application/json')
    const found = request.method === 'POST' ? installation.post(pathname, JSON.parse(body)) : objects[pathname] ?? 404
    const { code, message } = typeof found === 'number' ? { code: found, message: 'no' } : asMap(found)
    response.statusCode = typeof code === 'number' ? code : 200
    const status = { kind: 'Status', code, reason: code === 403 ? 'Forbidden' : 'Invalid', message }
    return response.end(typeof found === 'string' ? found : JSON.stringify(code === undefined ? found : status))
  })
  t.teardown(() => server.closeAllConnections())
  const port = await listenOn(t, server)
  const kubeconfig = await writeKubeconfig(join(t.testdir({}), 'kubeconfig'), port)
  const lacks = new Set<string>()
  const installation = {
    kubeconfig, start: start.getTime(), objects, lacks, asked: new Array<string>(), now: () => start.getTime(), onWait: (): void => undefined,
    create: (pod: Pod, _path: string): object => ({
      ...pod, metadata: { ...pod.metadata,
        labels: { ...pod.metadata.labels, 'versprei.io/distributor': 'web', 'versprei.io/group': 'spot' } },
    }),
    post(path: string, body: Review & Pod): unknown {
      if (!path.startsWith('/apis/authorization.k8s.io/')) return installation.create(body, path)
      const { verb, resource } = body.spec.resourceAttributes
      const [who] = body.kind.split('SubjectAccessReview')
      return { status: { allowed: !lacks.has(`${who === 'Self' ? 'own: ' : ''}${verb} ${resource}`) } }
    },
    async check(output: CheckOutput = 'json'): Promise<Ran> {
      let [out, err] = ['', '']
      const [stdout, stderr] = [(text: string) => { out += text }, (text: string) => { err += text }]
      const io = { environment: {}, now: () => start, stdout, stderr }
      return { code: await check({ kubeconfig, output }, io, async () => installation.onWait()), out, err }
    },
  }
  return installation
}

interface Review {
  readonly kind: string
  readonly spec: { readonly resourceAttributes: { readonly verb: string, readonly resource: string } }
}

/** The lines that are neither ok nor skipped. */
export function troubles({ out }: Ran): readonly Line[] {
  const lines: readonly Line[] = JSON.parse(out)
  return lines.filter(({ status }) => status === 'warn' || status === 'fail')
}
