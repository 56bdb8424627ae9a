import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { callApi, createNamespace, kubectl, metric, readApi, requestApi, waitFor } from './cluster.ts'
import { distributeStream, streamPods } from './pod-stream.ts'
import { startReplicas } from './replicas.ts'

interface Configuration { readonly webhooks?: readonly { readonly name: string }[] }

const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'
const entries = async (): Promise<readonly string[]> => ((await requestApi<Configuration>('GET', path)).webhooks ?? []).map(({ name }) => name)
const failOpen = () => metric('apiserver_admission_webhook_fail_open_count')

void t.test('the only replica is stopped while pods are created: none waits or fails open; started again, it is called again', async t => {
  const namespace = await createNamespace(t)
  await distributeStream(namespace)
  const replicas = await startReplicas(t, 1, { flags: ['--drain', '3'] })
  await waitFor('it knows the distributor', async () => await replicas.sum('versprei_distributors', { state: 'valid' }) === 1)
  const before = await failOpen()
  const stream = streamPods(namespace)
  await waitFor('pods are placed', () => stream.created().some(({ group }) => group !== undefined))
  await replicas.stop()
  t.same(await entries(), [], 'nobody serves, and there is no entry')
  const away = stream.created().length
  await waitFor('pods were created without it', () => stream.created().length > away + 40)
  await replicas.start(1)
  t.same(await entries(), ['pods.versprei.io'])
  const back = stream.created().length
  await waitFor('pods are placed again', () => stream.created().slice(back).some(({ group }) => group !== undefined))
  const created = await stream.stop()
  t.equal(await failOpen(), before, 'no call failed open')
  t.same(created.filter(({ error }) => error !== undefined), [], 'every pod was created')
  const slowest = Math.max(...created.map(({ took }) => took))
  t.ok(slowest < 1000, `the slowest of ${created.length} took ${slowest.toFixed(0)} ms`)
  t.comment(`${created.filter(({ group }) => group !== undefined).length} of ${created.length} were placed; the slowest took ${slowest.toFixed(0)} ms`)
})

void t.test('an entry of which another owns a field is taken back as a whole', async t => {
  const replicas = await startReplicas(t, 1, { flags: ['--drain', '1'] })
  const { webhooks = [] } = await requestApi<Configuration>('GET', path)
  await requestApi('PATCH', `${path}?fieldManager=cert-manager-cainjector&force=true`, {
    contentType: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'versprei' },
      webhooks: webhooks.map(entry => ({ name: entry.name, clientConfig: { caBundle: 'caBundle' in entry ? entry.caBundle : caBundleOf(entry) } })),
    },
  })
  await replicas.stop()
  t.same(await entries(), [])
})

const caBundleOf = (entry: object): unknown => 'clientConfig' in entry && typeof entry.clientConfig === 'object' && entry.clientConfig !== null
  && 'caBundle' in entry.clientConfig ? entry.clientConfig.caBundle : undefined

void t.test('of two replicas one is stopped: the entry stays; then both at once: it goes', async t => {
  const replicas = await startReplicas(t, 2, { flags: ['--drain', '2'] })
  await (await replicas.leader()).stop()
  t.same(await entries(), ['pods.versprei.io'])
  await replicas.start(1)
  await replicas.stop()
  t.same(await entries(), [])
})

void t.test('the only replica is replaced by one that starts at the same moment: once that leads, pods are placed', async t => {
  const namespace = await createNamespace(t)
  await distributeStream(namespace)
  const replicas = await startReplicas(t, 1, { hasPeers: true, flags: ['--drain', '10'] })
  await waitFor('it knows the distributor', async () => await replicas.sum('versprei_distributors', { state: 'valid' }) === 1)
  const before = await failOpen()
  const stream = streamPods(namespace)
  const [old] = replicas.running()
  const [next] = await Promise.all([replicas.add(), old!.stop()])
  await waitFor('the new one leads', async () => (await replicas.leader()) === next)
  const led = stream.created().length
  await waitFor('pods are placed', () => stream.created().slice(led).some(({ group }) => group !== undefined), { timeout: 3000 })
  t.same(await entries(), ['pods.versprei.io'])
  const created = await stream.stop()
  t.same(created.slice(led + 60).filter(({ group }) => group === undefined), [], 'three seconds later every one is')
  t.equal(await failOpen(), before, 'no call failed open')
  t.same(created.filter(({ error }) => error !== undefined), [], 'every pod was created')
  t.comment(`${created.filter(({ group }) => group === undefined).length} of ${created.length} were not placed`)
})

void t.test('the leader is killed, and the other asked to end before it could lead: nobody is called', async t => {
  const replicas = await startReplicas(t, 1, { hasPeers: true, flags: ['--drain', '1'] })
  const [old] = replicas.running()
  await old!.kill()
  const next = await replicas.add()
  t.same(await entries(), ['pods.versprei.io'])
  await next.stop()
  t.same(await entries(), [])
})

void t.test('two replicas that do not reach each other: when the leader ends the other registers, without waiting for the Lease to run out', async t => {
  const replicas = await startReplicas(t, 2, { flags: ['--drain', '10', '--peer-host', '192.0.2.1'] })
  const leader = await replicas.leader()
  const [other] = await replicas.followers()
  const ended = leader.stop()
  await waitFor('the entry is gone', async () => (await entries()).length === 0)
  const begun = performance.now()
  await waitFor('it is back', async () => (await entries()).length === 1)
  const took = performance.now() - begun
  t.equal(await replicas.leader(), other)
  t.ok(took < 9000, `${took.toFixed(0)} ms: before the old one has drained`)
  await ended
})

void t.test('a configuration that is deleted turns Versprei off: nothing makes it again', async t => {
  const replicas = await startReplicas(t, 1, { flags: ['--drain', '1'] })
  t.teardown(() => kubectl('apply', '--filename', join(import.meta.dirname, '../../config/webhook')))
  await callApi('DELETE', path)
  // Longer than from one look to the next.
  await setTimeout(12_000)
  t.equal(await readApi(path), undefined)
  await replicas.stop()
  t.equal(await readApi(path), undefined, 'nor when it ends')
})
