import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type TLSSocket } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Agent, request } from 'undici'
import { createAuthority, issueLeaf, type Signed } from '../../src/certificates/authority.ts'
import { clientAuth } from '../../src/certificates/purpose.ts'
import { review } from '../admission/serving.ts'
import { callApi, createNamespace, metric, requestApi, waitFor } from './cluster.ts'
import { divide } from './divide.ts'
import { classic } from './fairness.ts'
import { countStanding, waitStanding } from './pod-standing.ts'
import { create } from './resources.ts'
import { canRestartApiServer, giveFlags } from './restart-api-server.ts'
import { canPlayServices } from './service-proxy.ts'
import { findPort, startVersprei } from './versprei.ts'
import { workloadOf } from './workloads.ts'

const page = await readFile(join(import.meta.dirname, '../../docs/reference.md'), 'utf8')
const name = 'api-server.example.com'
const service = { namespace: 'versprei-system', name: 'versprei' }

/** The two files of docs/reference.md, as they stand there but for the paths and the name that a test has of its own. */
function fromPage(...changes: readonly (readonly [string, string])[]): readonly string[] {
  const section = page.split('\n## Callers\n')[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/```yaml\n(?<yaml>[^`]+)```/gu)].map(({ groups = {} }) =>
    changes.reduce((text, [from, to]) => text.replaceAll(from, () => to), groups['yaml'] ?? ''))
}

/** Has the API server show a certificate by `authority` to whoever listens at this port of 127.0.0.1, and to the Service. */
async function showCertificate(t: Test, folder: string, authority: Signed, port: number): Promise<void> {
  const { certificate, key } = await issueLeaf(authority, { hosts: [name], now: new Date(), usages: [clientAuth] })
  const path = (file: string) => join(folder, file)
  const files = {
    crt: ['/etc/kubernetes/pki/webhooks.crt', path('webhooks.crt')], key: ['/etc/kubernetes/pki/webhooks.key', path('webhooks.key')],
    kubeconfig: ['/etc/kubernetes/webhooks.kubeconfig', path('webhooks.kubeconfig')],
  } as const
  const [configuration = '', kubeconfig = ''] = fromPage(...Object.values(files))
  const user = /- name: versprei\.versprei-system\.svc\n(?: {2}.*\n)+/u.exec(kubeconfig)?.[0] ?? ''
  await Promise.all([
    writeFile(files.crt[1], certificate), writeFile(files.key[1], key, { mode: 0o600 }), writeFile(path('admission.yaml'), configuration),
    writeFile(files.kubeconfig[1], `${kubeconfig}${user.replace('versprei.versprei-system.svc', `127.0.0.1:${port}`)}`),
  ])
  await giveFlags(t, `--admission-control-config-file=${path('admission.yaml')}`)
}

/** Listens where the API server finds the Service, and tells the names in the first certificate that it is shown. */
async function listenAsService(t: Test, authority: Signed): Promise<() => string | undefined> {
  const { namespace } = service
  const made = await callApi('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })
  if (made.status === 201) t.teardown(() => callApi('DELETE', `/api/v1/namespaces/${namespace}`))
  const path = `/api/v1/namespaces/${namespace}/services`
  const spec = { ports: [{ name: 'webhook', port: 443 }] }
  const { spec: { clusterIP } } = await requestApi<{ spec: { clusterIP: string } }>('POST', path, { body: { metadata: { name: service.name }, spec } })
  t.teardown(() => callApi('DELETE', `${path}/${service.name}`))
  const leaf = await issueLeaf(authority, { hosts: [`${service.name}.${namespace}.svc`], now: new Date() })
  const server = createServer({ cert: leaf.certificate, key: leaf.key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false })
  t.teardown(() => server.close())
  let shown: string | undefined
  server.on('tlsClientError', () => undefined).on('secureConnection', (socket: TLSSocket) => {
    shown ??= `${socket.authorized} ${socket.getPeerX509Certificate()?.subjectAltName}`
    socket.on('error', () => undefined).destroy()
  })
  server.listen(443, clusterIP)
  await once(server, 'listening')
  return () => shown
}

void t.test('an API server that shows a certificate, set up as docs/reference.md says, is answered; whoever has none is not', async t => {
  if (!await canRestartApiServer()) {
    t.pass('by flags of the API server', { skip: 'the API server is not this run\'s own' })
    return
  }
  const folder = await mkdtemp(join(process.env['VERSPREI_TEST_FOLDER'] ?? tmpdir(), 'versprei-callers-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const authority = await createAuthority({ now: new Date(), commonName: 'callers' })
  const [ca, port] = [join(folder, 'ca.crt'), await findPort()]
  await writeFile(ca, authority.certificate)
  await showCertificate(t, folder, authority, port)
  const certificates = join(folder, 'serving')
  const versprei = await startVersprei(t, { port, flags: ['--client-ca', ca, '--client-name', name, '--certificates', certificates] })
  const failed = await metric('apiserver_admission_webhook_fail_open_count')

  const namespace = await createNamespace(t)
  await divide(namespace, { target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, claims: classic })
  await create(namespace, workloadOf('Deployment', 'web', 20))
  t.same(countStanding(await waitStanding(namespace, 20)), { default: 16, spot: 4 }, 'its pods are placed')
  t.equal(await metric('apiserver_admission_webhook_fail_open_count'), failed, 'and no call failed')

  const agent = new Agent({ connect: { ca: await readFile(join(certificates, 'ca.crt'), 'utf8') } })
  const headers = { 'content-type': 'application/json' }
  const { statusCode, body } = await request(versprei.url, { method: 'POST', dispatcher: agent, headers, body: review('a') })
  t.equal(statusCode, 403)
  t.match(await body.json(), { error: 'unknown-caller', message: /^no client certificate was shown/u })

  await t.test('it shows the same to the Service by its name', async t => {
    if (!await canPlayServices(t)) return
    const shown = await listenAsService(t, authority)
    const webhook = {
      name: 'callers-test.versprei.io', admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore', timeoutSeconds: 2,
      clientConfig: { service: { ...service, path: '/mutate', port: 443 }, caBundle: Buffer.from(authority.certificate).toString('base64') },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    }
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
    await requestApi('POST', path, { body: { metadata: { name: 'callers-test' }, webhooks: [webhook] } })
    t.teardown(() => callApi('DELETE', `${path}/callers-test`))
    const found = await waitFor('it is called', async () => {
      await requestApi('POST', `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`, { body: { metadata: { name: 'a' } } })
      return shown()
    })
    t.equal(found, `true DNS:${name}`)
  })
})
