import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { checkUntil, good } from './check-command.ts'
import { clearGround } from './clear-ground.ts'
import { callApi, createNamespace, metric, readApi, waitFor } from './cluster.ts'
import { chart, helm, tryHelm } from './helm.ts'
import { startKubelet, type Kubelet } from './kubelet.ts'
import { parseMetrics, sumOf } from './parse-metrics.ts'
import { ownerIn, streamPods, type Created } from './pod-stream.ts'
import { canPlayServices, startServiceProxy } from './service-proxy.ts'
import { burst, deploy, distribute, scaleTo } from './shapes.ts'
import { notExact, readStandings, strays, waitSettled } from './standing.ts'

interface Entry {
  readonly name: string
  readonly clientConfig: { readonly service?: object }
  readonly namespaceSelector: { readonly matchExpressions: readonly { readonly key: string }[] }
}

const registration = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'
const readEntries = async () => (await readApi<{ readonly webhooks?: readonly Entry[] }>(registration))?.webhooks ?? []
const keysOf = ([entry]: readonly Entry[]) => entry?.namespaceSelector.matchExpressions.map(({ key }) => key)
const failedOpen = () => metric('apiserver_admission_webhook_fail_open_count')
const calls = () => metric('apiserver_admission_webhook_request_total', { name: 'pods.versprei.io' })

/** What webhooks the registration had, each time that it was written or taken away: none of it is missed. */
function watchEntries(t: Pick<Test, 'teardown'>): readonly string[] {
  const names = '--output=jsonpath={.webhooks[*].name}{"\\n"}'
  const args = ['get', 'mutatingwebhookconfiguration', 'versprei', '--watch', names]
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  t.teardown(() => { child.kill() })
  const seen: string[] = []
  createInterface({ input: child.stdout }).on('line', line => { seen.push(line) })
  return seen
}

const slow = 1000
/**
 * What went wrong with creations: refused, or answered more than a second later than the slowest of those that ask nobody. On a machine
 * with no time for its API server those wait, too, and so does a replica that takes the Lease over.
 */
function badOf(all: readonly Created[]): readonly Created[] {
  const limit = slow + Math.max(...all.map(({ unasked = 0 }) => unasked))
  return all.filter(({ error, took }) => error !== undefined || took > limit)
}

/** Pods of the first Deployment, each with a twin that asks nobody. */
const streamWeb = async (shop: string) => streamPods(shop, { every: 100, owner: await ownerIn(shop, 'web-0'), hasTwins: true })

const most = (numbers: readonly number[]) => Math.max(...numbers).toFixed(0)
const figures = (all: readonly Created[]) =>
  `${all.length} creations, the slowest in ${most(all.map(({ took }) => took))} ms, `
  + `and in ${most(all.map(({ unasked = 0 }) => unasked))} ms where no webhook is asked`

/** Every replica serves, and knows the distributor. */
const waitKnown = (kubelet: Kubelet, replicas: number) => waitFor('every replica knows the distributor', async () => {
  const urls = [...kubelet.running().values()].map(({ metricsUrl }) => metricsUrl)
  const texts = await Promise.all(urls.map(async url => (await fetch(`${url}/metrics`)).text()))
  const known = texts.map(text => sumOf(parseMetrics(text), 'versprei_distributors', { state: 'valid' }))
  return known.length === replicas && known.every(count => count === 1)
})

void t.test('the chart is installed, upgraded, rolled back and uninstalled while pods are created, and none fails or waits', async t => {
  if (!await canPlayServices(t)) return
  await clearGround(t)
  const [home, shop] = [await createNamespace(t), await createNamespace(t)]
  const folder = await mkdtemp(join(process.env['VERSPREI_TEST_FOLDER'] ?? tmpdir(), 'versprei-pods-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const kubelet = await startKubelet(t, home, folder)
  const proxy = await startServiceProxy(t, home, 'versprei', kubelet.addressOf)
  const at = ['--namespace', home]
  t.teardown(() => tryHelm(['uninstall', 'versprei', ...at, '--ignore-not-found']))
  const values = { nodeSelector: kubelet.nodeSelector, drain: 3 }
  const shape = burst(20)
  const before = await failedOpen()

  await t.test('installed: it registers itself by the Service, and places by what it reads as its own ServiceAccount', async t => {
    await helm(['install', 'versprei', chart, ...at, '--wait', '--timeout=90s'], values)
    await waitFor('it is registered', async () => (await readEntries()).length === 1)
    const service = { namespace: home, name: 'versprei', path: '/mutate', port: 443 }
    t.match(await readEntries(), [{ name: 'pods.versprei.io', clientConfig: { service } }])
    t.equal(proxy.endpoints().length, 2, 'both replicas are behind the Service')
    await distribute(shop, shape)
    await waitKnown(kubelet, 2)
    await deploy(shop, shape)
    await waitSettled(shop)
    t.same(notExact(shape, await readStandings(shop, shape)).map(({ counts }) => counts), [], 'a Deployment is placed exactly')
    t.equal(await failedOpen(), before, 'and no call failed')
  })

  await t.test('versprei check finds all in order, behind the Service too', async t => {
    const want = { ...good, endpoints: 'ok', 'fail-open': before === 0 ? 'ok' : 'warn' }
    const { code, lines } = await checkUntil('every line is good', ({ statuses }) => JSON.stringify(statuses) === JSON.stringify(want))
    t.equal(code, 0)
    t.match(lines.find(line => line.check === 'endpoints')?.found, '2 ready')
  })

  const entries = watchEntries(t)
  const creations = await streamWeb(shop)
  const upgrade = (changed: object, ...flags: readonly string[]) =>
    helm(['upgrade', 'versprei', chart, ...at, '--wait', '--timeout=90s', ...flags], { ...values, ...changed })
  const firstPods = new Set(kubelet.running().keys())

  await t.test('upgraded: other replicas, another selector, and the entry was there at every moment', async t => {
    t.equal(firstPods.size, 2)
    await upgrade({ webhook: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': shop } } } })
    await waitFor('the replicas from before are gone', () => [...firstPods].every(name => kubelet.ended().has(name)))
    await waitFor('the selector is in the entry', async () => keysOf(await readEntries())?.length === 2)
    await scaleTo(shop, 'web-0', 33)
    await waitSettled(shop)
  })

  await t.test('rolled back: the selector is gone; by client-side patches, as Helm 3 does, the entry stays as well', async t => {
    await helm(['rollback', 'versprei', '1', ...at, '--wait', '--timeout=90s'])
    await waitFor('the selector is not in the entry', async () => keysOf(await readEntries())?.length === 1)
    for (const side of ['false', 'true']) await upgrade({ commonLabels: { side } }, `--server-side=${side}`)
    await helm(['rollback', 'versprei', '1', ...at, '--wait', '--timeout=90s', '--server-side=false'])
    await waitFor('the rollout is over', () => kubelet.running().size === 2 && proxy.endpoints().length === 2)
    await scaleTo(shop, 'web-0', 41)
    await waitSettled(shop)
    t.ok(entries.length > 5, `the registration was written ${entries.length} times`)
    t.same(entries.filter(names => names !== 'pods.versprei.io'), [], 'and never lacked the entry')
  })

  const all = await creations.stop()
  t.same(badOf(all), [], figures(all))
  t.comment(`upgrade and rollback: ${figures(all)}`)
  t.same(all.filter(({ group }) => group === undefined), [], 'and Versprei placed every one of them')
  t.equal(await failedOpen(), before, 'no call failed open')
  const standings = await readStandings(shop, shape)
  t.same(notExact(shape, standings).map(({ counts }) => counts), [], 'the Deployment stands exactly')
  t.equal(strays(standings).length, 0)

  await t.test('uninstalled: nothing of it is called, its definition and what is of it stay, and no namespace hangs', async t => {
    const creations = await streamWeb(shop)
    const lastPods = [...kubelet.running().keys()]
    await helm(['uninstall', 'versprei', ...at, '--wait', '--timeout=90s'])
    await waitFor('every process has ended', () => kubelet.running().size === 0)
    t.same(lastPods.map(name => kubelet.ended().get(name)), lastPods.map(() => 'exit code 0'))
    const called = await calls()
    await waitFor('pods are created without it', () => creations.created().at(-1)?.group === undefined)
    const all = await creations.stop()
    t.same(badOf(all), [], figures(all))
    t.comment(`uninstall: ${figures(all)}`)
    t.equal(await failedOpen(), before, 'no call failed open to the end')
    t.equal(await calls(), called, 'nobody calls what is not there')
    t.equal(await readApi(registration), undefined)
    t.ok(await readApi(`/apis/versprei.versprei.io/v1beta1/namespaces/${shop}/poddistributors/web`), 'the PodDistributor is there')
    await callApi('DELETE', `/api/v1/namespaces/${shop}`)
    await waitFor('the namespace is gone', async () => await readApi(`/api/v1/namespaces/${shop}`) === undefined)
    const left = await Promise.all(['', '-peers'].map(name => readApi(`/api/v1/namespaces/${home}/secrets/versprei-certificates${name}`)))
    t.ok(left.every(secret => secret !== undefined), 'what Versprei made itself is left, as the README says')
  })
})
