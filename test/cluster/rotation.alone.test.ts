import { X509Certificate } from 'node:crypto'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { certificatesOf, injectBundle, readBundle } from './ca-bundle.ts'
import { createNamespace, metric, requestApi, waitFor } from './cluster.ts'
import { openHome } from './home.ts'
import { leafOf } from './leaf-of.ts'
import { distributeStream, streamPods } from './pod-stream.ts'
import { startReplicas } from './replicas.ts'
import { entry } from './versprei.ts'

interface Secret { readonly data: Readonly<Record<string, string>> }

const name = 'versprei-test-rotation'
const names = [name, `${name}-peers`]
const home = await openHome(t, name)
const pathOf = (secret: string) => `/api/v1/namespaces/${home.namespace}/secrets/${secret}`
const readFile = async (secret: string, file: string) =>
  Buffer.from((await requestApi<Secret>('GET', pathOf(secret))).data[file] ?? '', 'base64').toString()
const fingerprintIn = (pem: string) => new X509Certificate(pem).fingerprint256

async function rotate(...flags: readonly string[]): Promise<{ readonly code: number | null, readonly said: string }> {
  const child = spawn(process.execPath, [
    entry, 'certs', 'rotate', '--certificate-secret', name, '--namespace', home.namespace, '--kubeconfig', process.env['KUBECONFIG'] ?? '', ...flags,
  ], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => { child.on('error', reject).on('close', resolve) })
  return { said: await text(child.stderr), code: await ended }
}

const saidOf = (secret: string): string => [
  'a new authority stands beside the present one; waiting until all that connect trust both',
  'the certificate is made anew by the new authority; waiting until every replica serves it, and the old authority is dropped',
  'done: the old authority is gone',
].map(line => `Secret ${home.namespace}/${secret}: ${line}\n`).join('')

void t.test('both authorities are replaced while pods are created, asked for twice at once: nobody meets what they do not trust', async t => {
  const namespace = await createNamespace(t)
  await distributeStream(namespace)
  const replicas = await startReplicas(t, 2, { home, sharesSecret: true, flags: ['--drain', '1'] })
  await waitFor('both know the distributor', async () => await replicas.sum('versprei_distributors', { state: 'valid' }) === 2)
  const old = await Promise.all(names.map(secret => readFile(secret, 'ca.crt')))
  const before = await metric('apiserver_admission_webhook_fail_open_count')
  const stream = streamPods(namespace)
  const begun = performance.now()
  const [first, second, peers] = await Promise.all([rotate(), rotate('--timeout', '300'), rotate('--peers')])
  t.comment(`it took ${((performance.now() - begun) / 1000).toFixed(0)} s`)
  t.same({ ...first }, { code: 0, said: saidOf(name) })
  t.same({ ...second }, { code: 0, said: saidOf(name) }, 'the one that came second watches')
  t.same({ ...peers }, { code: 0, said: saidOf(`${name}-peers`) })

  const next = await Promise.all(names.map(secret => readFile(secret, 'ca.crt')))
  for (const [index, authority] of next.entries()) {
    t.equal(certificatesOf(authority).length, 1)
    t.notSame(authority, old[index])
  }
  const leaf = fingerprintIn(await readFile(name, 'tls.crt'))
  t.same(await Promise.all(replicas.running().map(leafOf)), [leaf, leaf], 'both serve the new leaf')
  t.same(certificatesOf(await readBundle()), certificatesOf(next[0] ?? ''), 'the caBundle holds the new authority, and no other')
  const created = await stream.stop()
  t.equal(await metric('apiserver_admission_webhook_fail_open_count'), before, 'no call failed open')
  t.same(created.filter(({ group }) => group === undefined), [], `each of ${created.length} pods was placed`)
  for (const result of ['failed', 'refused', 'timeout']) t.equal(await replicas.sum('versprei_forwards_total', { result }), 0, result)
  t.ok(await replicas.sum('versprei_forwards_total', { result: 'answered' }) > 0)

  for (const [what, bundle] of [['rubbish', 'rubbish'], ['another authority', old[1] ?? '']] as const) {
    await injectBundle(bundle)
    await waitFor(`a caBundle that holds ${what} is mended`, async () => (await readBundle()).includes(next[0]?.trim() ?? ''), { timeout: 30_000 })
    t.pass(what)
  }
})
