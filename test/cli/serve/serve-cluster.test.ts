import { cp, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { placed, review, web } from '../../admission/serving.ts'
import { distributors, startApi, type Api } from '../api-server.ts'
import { start, until } from '../process.ts'
import { runCommand } from '../run-command.ts'
import { anyPorts, client, get, metric } from './serving.ts'
import { twins } from './twins.ts'

const fixtures = join(import.meta.dirname, '../../certificates/fixtures')

/** The flags of one of several replicas. */
const ofSeveral = ({ kubeconfig }: Api, certificates: string): readonly string[] =>
  ['--kubeconfig', kubeconfig, '--certificates', certificates, '--lease-namespace', 'default', '--peer-host', '127.0.0.1', '--peer-port', '0']

void t.test('registers only when all lists are there; when the API server dies it serves on, ready, and says for how long', async t => {
  const api = await startApi(t)
  const gate = Promise.withResolvers<void>()
  api.gate = gate.promise
  const certificates = join(t.testdirName, 'certs')
  const started = Date.now()
  const cluster = ['--kubeconfig', api.kubeconfig, '--webhook-url', 'https://192.0.2.1:8443/']
  const running = start(t, ['serve', ...anyPorts, '--certificates', certificates, ...cluster])
  const { url, metricsUrl } = await running.logs('serving')
  const missing = ['poddistributors', 'pods', 'nodes'].map(resource => `not ready: the first full list of ${resource} is not there yet\n`)
  t.equal(await get(`${metricsUrl}/readyz`), `503 ${missing.join('')}`)
  const staleness = () => metric(metricsUrl, 'versprei_watch_staleness_seconds{resource="pods"}')
  t.ok(await staleness() <= (Date.now() - started) / 1000, 'before the first list it counts from the start')
  const send = await client(t, url, certificates)
  t.equal((await send({ body: review('a') })).status, 200, 'and answers already')
  t.equal(await metric(metricsUrl, 'versprei_admission_decisions_total{result="skipped",reason="not-synced"}'), 1)
  const registrations = () => api.asked.filter(line => line.endsWith('/mutatingwebhookconfigurations/versprei')).map(line => line.split(' ')[0])
  t.same(registrations(), [])
  gate.resolve()
  await running.logs('registered with the API server')
  t.same(registrations().filter(method => method !== 'GET'), ['PATCH'])
  t.equal(await get(`${metricsUrl}/readyz`), '200 ok\n')
  await api.die()
  const before = await staleness()
  await until('staleness grows', async () => (await staleness() > before + 0.5) || undefined)
  t.equal(await get(`${metricsUrl}/readyz`), '200 ok\n')
  t.equal((await send({ body: review('b') })).status, 200)
  t.equal(await metric(metricsUrl, 'versprei_admission_decisions_total{result="skipped",reason="no-distributor"}'), 1)
  running.kill('SIGINT')
  t.equal(await running.ended, 0)
})

void t.test('what is wrong with an invalid distributor is logged', async t => {
  const api = await startApi(t)
  api.lists.set(distributors, { items: [twins] })
  const cluster = ['--kubeconfig', api.kubeconfig, '--certificates', join(t.testdirName, 'certs')]
  const running = start(t, ['serve', ...anyPorts, ...cluster])
  t.match(await running.logs('this PodDistributor has mistakes: the pods it targets are created as they are'), {
    level: 40, namespace: 'shop', name: 'twins', mistakes: [{ path: /^spec\.distribution/, message: /\S/ }],
  })
  running.kill('SIGINT')
  t.equal(await running.ended, 0)
})

void t.test('certificates by another authority are served only when the API server is known to trust that, beside the old one', async t => {
  const api = await startApi(t)
  const certificates = join(t.testdirName, 'certs')
  await cp(join(fixtures, 'rsa'), certificates, { recursive: true })
  const cluster = ['--kubeconfig', api.kubeconfig, '--webhook-url', 'https://192.0.2.1/']
  const running = start(t, ['serve', ...anyPorts, '--certificates', certificates, ...cluster])
  const { url } = await running.logs('serving')
  await running.logs('registered with the API server')
  t.equal((await (await client(t, url, join(fixtures, 'rsa')))({ body: review('a') })).status, 200)
  await cp(join(fixtures, 'elliptic'), certificates, { recursive: true })
  const again = await until('it is registered', async () => running.logged.filter(({ msg }) => msg === 'registered with the API server')[1])
  t.equal((await (await client(t, url, join(fixtures, 'rsa')))({ body: review('b') })).status, 200, 'the old one is served meanwhile')
  const { time: renewed = 0 } = await running.logs('serving with a new certificate')
  t.ok(renewed - (again.time ?? 0) >= 4900, 'every API server has had time to notice')
  t.equal((await (await client(t, url, join(fixtures, 'elliptic')))({ body: review('c') })).status, 200)
  const bundle = async (...kinds: readonly string[]) =>
    Buffer.concat(await Promise.all(kinds.map(kind => readFile(join(fixtures, kind, 'ca.crt'))))).toString('base64')
  t.match([api.applied[0], api.applied[1]], [
    { webhooks: [{ clientConfig: { url: 'https://192.0.2.1/mutate', caBundle: await bundle('rsa') } }] },
    { webhooks: [{ clientConfig: { url: 'https://192.0.2.1/mutate', caBundle: await bundle('rsa', 'elliptic') } }] },
  ])
  running.kill('SIGINT')
  t.equal(await running.ended, 0)
})

void t.test('the last replica takes its entry back when it is asked to end, and writes no other while it drains', async t => {
  const api = await startApi(t)
  const certificates = join(t.testdirName, 'certs')
  await cp(join(fixtures, 'rsa'), certificates, { recursive: true })
  const cluster = ['--kubeconfig', api.kubeconfig, '--webhook-url', 'https://192.0.2.1/mutate']
  const running = start(t, ['serve', ...anyPorts, '--drain', '600', '--certificates', certificates, ...cluster])
  const { url, metricsUrl } = await running.logs('serving')
  await running.logs('registered with the API server')
  running.kill('SIGTERM')
  await running.logs('took its entry back from the API server: nobody is called until a replica registers again')
  await until('it is unready, once nobody calls', async () => (await get(`${metricsUrl}/readyz`)).startsWith('503') || undefined)
  t.equal((await (await client(t, url, join(fixtures, 'rsa')))({ body: review('a') })).status, 200, 'it answers on')
  await cp(join(fixtures, 'elliptic'), certificates, { recursive: true })
  running.kill('SIGTERM')
  t.equal(await running.ended, 0)
  t.same(api.applied[1], [
    { op: 'test', path: '/metadata/resourceVersion', value: '2' },
    { op: 'test', path: '/webhooks/0/name', value: 'pods.versprei.io' }, { op: 'remove', path: '/webhooks/0' },
  ])
  t.equal(api.applied.length, 2)
})

void t.test('is ready once it is known who leads: of two that start together, one leads by then', async t => {
  const api = await startApi(t)
  const lists = Promise.withResolvers<void>()
  api.gate = lists.promise
  const certificates = join(t.testdirName, 'certs')
  const flags = ofSeveral(api, certificates)
  const replicas = [start(t, ['serve', ...anyPorts, ...flags])]
  // The second finds the certificates that the first has made.
  await replicas[0]?.logs('one of several replicas')
  replicas.push(start(t, ['serve', ...anyPorts, ...flags]))
  for (const replica of replicas) await replica.logs('one of several replicas')
  // Each has looked for a Lease, and may not take it yet.
  const looks = () => api.asked.filter(what => what.startsWith('GET /apis/coordination.k8s.io/')).length
  await until('both have looked for the Lease', () => Promise.resolve(looks() >= 2 || undefined))
  lists.resolve()
  const leads = await Promise.all(replicas.map(async replica => {
    const { metricsUrl } = await replica.logs('serving')
    await until('it is ready', async () => (await get(`${metricsUrl}/readyz`)).startsWith('200') || undefined)
    return metric(metricsUrl, 'versprei_leader')
  }))
  t.strictSame(leads.toSorted((a, b) => a - b), [0, 1])
  const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../../package.json'), 'utf8'))
  const told = await until('the leader tells of both', async () => {
    const { out } = await runCommand(['version', '-o', 'json', '--kubeconfig', api.kubeconfig, '--lease-namespace', 'default'])
    const all: readonly object[] = JSON.parse(out).replicas ?? []
    return all.length === 2 ? all : undefined
  })
  t.strictSame(told, [true, false].map(leads => ({ name: hostname(), version, leads })))
})

void t.test('is ready as well where the Lease cannot be read: it then decides by its own race', async t => {
  const api = await startApi(t)
  api.answers.set('/apis/coordination.k8s.io/v1/namespaces/default/leases/versprei', { code: 403, reason: 'Forbidden' })
  const certificates = join(t.testdirName, 'certs')
  const flags = ofSeveral(api, certificates)
  const { metricsUrl } = await start(t, ['serve', ...anyPorts, ...flags]).logs('serving')
  await until('it is ready', async () => (await get(`${metricsUrl}/readyz`)).startsWith('200') || undefined)
  t.equal(await metric(metricsUrl, 'versprei_leader'), 0)
})

void t.test('once it leads it holds the seats that it gave out alone, which its watch has not shown', async t => {
  const api = await startApi(t)
  api.lists.set(distributors, { items: [web] })
  const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/versprei'
  api.answers.set(lease, { code: 403, reason: 'Forbidden' })
  const certificates = join(t.testdirName, 'certs')
  const flags = ofSeveral(api, certificates)
  const { url, metricsUrl } = await start(t, ['serve', ...anyPorts, ...flags]).logs('serving')
  await until('it is ready', async () => (await get(`${metricsUrl}/readyz`)).startsWith('200') || undefined)
  const send = await client(t, url, certificates)
  t.strictSame((await send({ body: review('a') })).body, placed('a', 0))
  t.equal(await metric(metricsUrl, 'versprei_own_race_decisions_total'), 1)
  api.answers.delete(lease)
  await until('it leads', async () => (await metric(metricsUrl, 'versprei_leader')) === 1 || undefined)
  t.strictSame((await send({ body: review('b') })).body, placed('b', 1))
})
