import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { issueLeaf } from '../../src/certificates/authority.ts'
import { namesOf } from '../../src/certificates/pair.ts'
import { createNamespace, metric, readApi, requestApi, waitFor } from './cluster.ts'
import { openHome } from './home.ts'
import { leafOf } from './leaf-of.ts'
import { startReplicas } from './replicas.ts'
import { burst, deploy, distribute, scaleTo } from './shapes.ts'
import { notExact, readStandings, strays, waitSettled } from './standing.ts'

interface Secret {
  readonly metadata: { readonly name: string }
  readonly type: string
  readonly data: Readonly<Record<string, string>>
}

const name = 'versprei-test-certificates'
const names = [name, `${name}-peers`]
const home = await openHome(t, name)
const pathOf = (secret: string) => `/api/v1/namespaces/${home.namespace}/secrets/${secret}`
const read = (secret: string) => requestApi<Secret>('GET', pathOf(secret))
const put = (secret: Secret) => requestApi('PUT', pathOf(secret.metadata.name), { body: secret })
const textOf = ({ data }: Secret, file: string) => Buffer.from(data[file] ?? '', 'base64').toString()
/** What someone finds there after trouble: well within it, half a minute is promised. */
const soon = { timeout: 30_000, interval: 500 }

void t.test('two replicas with a folder each share their certificates by a Secret, whatever happens to it', async t => {
  const replicas = await startReplicas(t, 2, { home, sharesSecret: true, flags: ['--drain', '1'] })
  const served = () => Promise.all(replicas.running().map(leafOf))
  const made = await Promise.all(names.map(read))
  const leaf = new X509Certificate(textOf(made[0]!, 'tls.crt')).fingerprint256
  t.same(await served(), [leaf, leaf], 'both serve what the first of them made')
  t.equal(made[0]?.type, 'kubernetes.io/tls')

  const namespace = await createNamespace(t)
  const shape = burst(40)
  await distribute(namespace, shape)
  await waitFor('both know the distributor', async () => await replicas.sum('versprei_distributors', { state: 'valid' }) === 2)
  const failedOpen = await metric('apiserver_admission_webhook_fail_open_count')
  await deploy(namespace, shape)
  await waitSettled(namespace)
  t.same(notExact(shape, await readStandings(namespace, shape)), [], 'they decide as one')
  t.ok(await replicas.sum('versprei_forwards_total', { result: 'answered' }) > 0)
  t.equal(await replicas.sum('versprei_forwards_total', { result: 'failed' }), 0)

  await t.test('deleted, emptied, torn: it is back within half a minute, as it was', async t => {
    const damages: Readonly<Record<string, (secret: Secret) => Promise<unknown>>> = {
      deleted: secret => requestApi('DELETE', pathOf(secret.metadata.name)),
      emptied: secret => put({ ...secret, data: { 'tls.crt': '', 'tls.key': '' } }),
      torn: secret => put({ ...secret, data: { ...secret.data, 'tls.crt': secret.data['tls.crt']!.slice(0, 400) } }),
    }
    for (const [what, damage] of Object.entries(damages)) {
      for (const secret of await Promise.all(names.map(read))) await damage(secret)
      await waitFor(`what was ${what} is back`, async () => {
        const found = await Promise.all(names.map(secret => readApi<Secret>(pathOf(secret))))
        return found.every((secret, index) => JSON.stringify(secret?.data) === JSON.stringify(made[index]?.data))
      }, soon)
      t.pass(what)
    }
    t.same(await served(), [leaf, leaf], 'and nobody served anything else')
  })

  await t.test('a new leaf in it is served by both without a restart, while pods are created', async t => {
    const secret = await read(name)
    const [certificate, key] = [textOf(secret, 'ca.crt'), textOf(secret, 'ca.key')]
    const hosts = namesOf(new X509Certificate(textOf(secret, 'tls.crt')))
    const renewed = await issueLeaf({ certificate, key }, { hosts, now: new Date(), key: textOf(secret, 'tls.key') })
    await put({ ...secret, data: { ...secret.data, 'tls.crt': Buffer.from(renewed.certificate).toString('base64') } })
    const next = new X509Certificate(renewed.certificate).fingerprint256
    let pods = 40
    await waitFor('both serve it', async () => {
      pods += 2
      await scaleTo(namespace, 'web-0', pods)
      const leaves = await served()
      return leaves.every(one => one === next)
    }, soon)
    await waitSettled(namespace)
    const standings = await readStandings(namespace, shape)
    t.same(notExact(shape, standings), [], `${pods} pods stand right`)
    t.equal(strays(standings).length, 0)
  })
  t.equal(await metric('apiserver_admission_webhook_fail_open_count'), failedOpen, 'no call failed open')
})
