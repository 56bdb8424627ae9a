import { X509Certificate } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { createAuthority, issueLeaf } from '../../src/certificates/authority.ts'
import { certificatesOf, injectBundle, readBundle, readEntries } from './ca-bundle.ts'
import { callApi, createNamespace, metric, requestApi, waitFor } from './cluster.ts'
import { openHome } from './home.ts'
import { leafOf } from './leaf-of.ts'
import { distributeStream, streamPods } from './pod-stream.ts'
import { startReplicas } from './replicas.ts'

const name = 'versprei-test-injector'
const home = await openHome(t, name)
const all = `/api/v1/namespaces/${home.namespace}/secrets`
const failOpen = () => metric('apiserver_admission_webhook_fail_open_count')

/** Three seconds of calls, 50 ms between two. Replicas that waited for their next look, after 10 s, would lose 100 on average. */
const mostFailed = 60

interface Issued { readonly authority: string, readonly leaf: string }

/** A leaf by an authority of its own, into the Secret, as cert-manager writes it: the key of the authority stays elsewhere. */
async function issue(): Promise<Issued> {
  const authority = await createAuthority({ now: new Date(), commonName: 'an issuer' })
  const leaf = await issueLeaf(authority, { hosts: ['127.0.0.1', 'localhost'], now: new Date() })
  const data = { 'ca.crt': authority.certificate, 'tls.crt': leaf.certificate, 'tls.key': leaf.key }
  const encoded = Object.fromEntries(Object.entries(data).map(([file, pem]) => [file, Buffer.from(pem).toString('base64')]))
  const secret = { metadata: { name }, type: 'kubernetes.io/tls', data: encoded }
  const { status } = await callApi('PUT', `${all}/${name}`, { body: secret })
  if (status === 404) await requestApi('POST', all, { body: secret })
  return { authority: authority.certificate.trim(), leaf: new X509Certificate(leaf.certificate).fingerprint256 }
}

/**
 * cert-manager's CA injector: it reacts to each change of the Secret and of the configuration, in some hundredths of a second. From 1.19 on
 * it adds its authority to a bundle, before it put it in place of what was there.
 */
function startInjector(isMerging: boolean) {
  const ending = new AbortController()
  let [wanted, writes] = ['', 0]
  const look = async (): Promise<void> => {
    if (wanted === '' || (await readEntries()).length === 0) return
    const there = certificatesOf(await readBundle())
    const next = isMerging ? [...new Set([...there, wanted])] : [wanted]
    if (next.length === there.length && next.every(one => there.includes(one))) return
    writes += 1
    await injectBundle(next.map(one => `${one}\n`).join(''))
  }
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await look()
      await setTimeout(30)
    }
  }
  const running = run()
  return {
    inject: (authority: string) => { wanted = authority },
    writes: () => writes,
    async stop() {
      ending.abort()
      await running
    },
  }
}

for (const isMerging of [true, false]) {
  void t.test(`a leaf by another authority, and an injector that ${isMerging ? 'adds it to' : 'puts it in place of'} the caBundle`, async t => {
    t.teardown(() => Promise.all([name, `${name}-peers`].map(secret => callApi('DELETE', `${all}/${secret}`))))
    const first = await issue()
    const namespace = await createNamespace(t)
    await distributeStream(namespace)
    const injector = startInjector(isMerging)
    t.teardown(() => injector.stop())
    injector.inject(first.authority)
    const replicas = await startReplicas(t, 2, { home, sharesSecret: true, flags: ['--drain', '1'] })
    const served = () => Promise.all(replicas.running().map(leafOf))
    t.same(await served(), [first.leaf, first.leaf])
    await waitFor('both know the distributor', async () => await replicas.sum('versprei_distributors', { state: 'valid' }) === 2)
    const before = await failOpen()
    const stream = streamPods(namespace)
    const second = await issue()
    injector.inject(second.authority)
    await waitFor('both serve the new leaf', async () => (await served()).every(leaf => leaf === second.leaf), { timeout: 60_000 })
    await waitFor('the caBundle holds the new authority', async () => (await readBundle()).includes(second.authority))
    await waitFor('the old one is not written any more', async () => isMerging || certificatesOf(await readBundle()).length === 1)
    const [settled, writes] = [await readBundle(), injector.writes()]
    // Longer than from one look of the replicas to the next.
    await setTimeout(12_000)
    t.same({ bundle: await readBundle(), writes: injector.writes() }, { bundle: settled, writes }, 'nobody writes against the other')
    const created = await stream.stop()
    const failed = await failOpen() - before
    t.same(created.filter(({ error }) => error !== undefined), [])
    // What a caBundle loses before anyone can serve by the other authority, nobody can keep: until the replicas have been told of it.
    t.ok(failed <= (isMerging ? 0 : mostFailed), `${failed} of ${created.length} calls failed open`)
    t.comment(`${failed} calls failed open; the injector wrote ${writes} times`)
  })
}
