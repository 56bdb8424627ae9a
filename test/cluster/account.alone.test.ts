import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { covers, grantsIn, readGrants, say, type Grant } from './account-grants.ts'
import { startAuditLog } from './audit-log.ts'
import { clearGround } from './clear-ground.ts'
import { callApi, createNamespace, readApi, requestApi, waitFor } from './cluster.ts'
import { chart, helm, parseManifests, tryHelm } from './helm.ts'
import { startKubelet, type Kubelet } from './kubelet.ts'
import { parseMetrics, sumOf } from './parse-metrics.ts'
import { canRestartApiServer } from './restart-api-server.ts'
import { canPlayServices, startServiceProxy } from './service-proxy.ts'
import { burst, deploy, distribute, scaleTo } from './shapes.ts'
import { readStandings, strays, waitSettled } from './standing.ts'

interface Secret { readonly data: Readonly<Record<string, string>> }
interface Distributor { readonly status?: { readonly pods?: number } }

const registration = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'

/** Empties the leaf of a Secret, and waits until it is whole again: it is then written as in a rotation, which takes longer. */
async function empty(namespace: string, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`
  await requestApi('PATCH', path, { body: { data: { 'tls.crt': '', 'tls.key': '' } } })
  await waitFor(`Secret ${name} is mended`, async () => (await requestApi<Secret>('GET', path)).data['tls.key'] !== '')
}

/** The name of the pod that says that it leads. */
const findLeader = (kubelet: Kubelet) => waitFor('one leads', async () => {
  for (const [name, { metricsUrl }] of kubelet.running()) {
    const text = await fetch(`${metricsUrl}/metrics`).then(answer => answer.text(), () => '')
    if (sumOf(parseMetrics(text), 'versprei_leader') === 1) return name
  }
  return undefined
})

/** What config/rbac grants, were it installed in this namespace. */
async function readConfigured(namespace: string): Promise<readonly Grant[]> {
  const folder = join(import.meta.dirname, '../../config/rbac')
  const files = await Promise.all((await readdir(folder)).map(file => readFile(join(folder, file), 'utf8')))
  return grantsIn(files.flatMap(parseManifests)).map(grant => grant.namespace === undefined ? grant : { ...grant, namespace })
}

const sorted = (grants: readonly Grant[]) => grants.map(say).toSorted()

void t.test('every right that the account is granted is used, every one that it uses is granted, and nothing is refused', async t => {
  if (!await canRestartApiServer()) {
    t.pass('by an audit log', { skip: 'the API server is not this run\'s own' })
    return
  }
  if (!await canPlayServices(t)) return
  const folder = await mkdtemp(join(process.env['VERSPREI_TEST_FOLDER'] ?? tmpdir(), 'versprei-account-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await clearGround(t)
  const [home, shop] = [await createNamespace(t), await createNamespace(t)]
  const log = await startAuditLog(t, folder, `system:serviceaccount:${home}:versprei`)
  const kubelet = await startKubelet(t, home, folder)
  await startServiceProxy(t, home, 'versprei', kubelet.addressOf)
  t.teardown(() => tryHelm(['uninstall', 'versprei', '--namespace', home, '--ignore-not-found']))
  const shape = burst(10)
  // Before anybody places them, so that there is something to adopt.
  await deploy(shop, shape)
  await waitSettled(shop)
  const values = { nodeSelector: kubelet.nodeSelector, drain: 1 }
  await helm(['install', 'versprei', chart, '--namespace', home, '--wait', '--timeout=90s'], values)
  await waitFor('it is registered', async () => ((await readApi<{ webhooks?: readonly unknown[] }>(registration))?.webhooks ?? []).length === 1)

  const grants = await readGrants(home, 'versprei')
  t.same(sorted(grants), sorted(await readConfigured(home)), 'the chart and config/ grant the same')
  t.same(grants.filter(grant => Object.values(grant).some(part => part?.includes('*') === true)).map(say), [], 'nothing is granted by a wildcard')
  const secrets = grants.filter(({ group, resource }) => group === '' && resource.startsWith('secrets'))
  t.same(secrets.filter(({ namespace, verb, name }) => namespace !== home || (verb !== 'create' && name === undefined)).map(say), [], 'no Secret but two')

  await t.test('adoption, statuses and events, certificates that are mended, and another leader', async t => {
    await distribute(shop, shape)
    await waitFor('all are adopted', async () => strays(await readStandings(shop, shape)).length === 0)
    await Promise.all(['versprei-certificates', 'versprei-certificates-peers'].map(name => empty(home, name)))
    const leader = await findLeader(kubelet)
    t.equal((await callApi('DELETE', `/api/v1/namespaces/${home}/pods/${leader}`)).status, 200, `${leader} is asked to end`)
    await waitFor('another leads', async () => await findLeader(kubelet) !== leader)
    await scaleTo(shop, 'web-0', 20)
    await waitSettled(shop)
    const read = () => readApi<Distributor>(`/apis/versprei.versprei.io/v1beta1/namespaces/${shop}/poddistributors/web`)
    await waitFor('the status says so', async () => (await read())?.status?.pods === 20)
  })

  const uses = await log.uses()
  t.same(grants.filter(grant => !uses.some(use => covers(grant, use))).map(say), [], 'each right is used')
  t.same(uses.filter(use => !grants.some(grant => covers(grant, use))).map(say), [], 'and no other')
  t.same(await log.refused(), [], 'nothing was refused')
  t.same(await log.others(), [], 'nothing else was asked for')
})
