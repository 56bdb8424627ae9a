import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ensureCertificates } from '../../src/certificates/folder.ts'
import { readPair } from '../../src/certificates/pair.ts'
import { createCertificateSecret } from '../../src/controllers/certificate-secret.ts'
import { createSecretApi, type SecretApi } from './secret-api.ts'

const start = new Date('2026-06-01T00:00:00Z')
const after = (days: number): Date => new Date(start.getTime() + days * 86_400_000)
const hosts = ['versprei.versprei-system.svc']
const name = 'versprei-certificates'
const allFiles = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']

/** A replica with a folder of its own. */
const replica = (t: Test, api: SecretApi, folderName: string) => {
  const folder = join(t.testdirName, folderName)
  const state = { mayWrite: true, now: start }
  const secret = createCertificateSecret({ connection: api.connection, namespace: 'versprei-system', name, folder, mayWrite: () => state.mayWrite })
  return {
    ...secret, folder, state,
    begin: () => secret.settle(() => ensureCertificates(folder, { hosts, now: state.now })),
    renew: () => ensureCertificates(folder, { hosts, now: state.now }),
    read: (file: string) => readFile(join(folder, file), 'utf8'),
    fingerprint: async () => (await readPair(folder)).fingerprint,
  }
}
const held = (api: SecretApi, file: string) => Buffer.from(api.get(name)?.data?.[file] ?? '', 'base64').toString()

const begin = async (t: Test) => {
  t.testdir({})
  const api = createSecretApi()
  const [one, other] = [replica(t, api, 'one'), replica(t, api, 'other')]
  await one.begin()
  await other.begin()
  other.state.mayWrite = false
  api.taken()
  return { api, one, other }
}

void t.test('the first replica makes them, the next ones take what it made', async t => {
  const { api, one, other } = await begin(t)
  for (const file of allFiles) {
    t.equal(await other.read(file), await one.read(file), file)
    t.equal(held(api, file), await one.read(file), file)
  }
  t.same((await readdir(other.folder)).toSorted(), allFiles)
  t.match(api.get(name), { type: 'kubernetes.io/tls', metadata: { labels: { 'app.kubernetes.io/name': 'versprei' } } })
  t.same([await one.sync(), await other.sync()], ['same', 'same'])
  t.same(api.taken(), ['GET', 'GET'])
})

void t.test('three that begin at once end with the same', async t => {
  t.testdir({})
  const api = createSecretApi()
  const replicas = ['a', 'b', 'c'].map(folder => replica(t, api, folder))
  await Promise.all(replicas.map(one => one.begin()))
  const fingerprints = await Promise.all(replicas.map(one => one.fingerprint()))
  t.equal(new Set(fingerprints).size, 1)
  t.equal(held(api, 'tls.crt'), await replicas[0]?.read('tls.crt'))
})

const damages = [
  { name: 'deleted', damage: (api: SecretApi) => api.remove(name) },
  { name: 'emptied', damage: (api: SecretApi) => api.put({ ...api.get(name)!, data: { 'tls.crt': '', 'tls.key': '' } }) },
  { name: 'without data', damage: (api: SecretApi) => api.put({ metadata: api.get(name)!.metadata }) },
  { name: 'torn', damage: (api: SecretApi) => api.put({ ...api.get(name)!, data: { ...api.get(name)!.data, 'tls.crt': 'LS0tLS1CRUdJTg==' } }) },
  { name: 'with a leaf\'s key for the authority\'s', damage: (api: SecretApi) => api.put({ ...api.get(name)!, data: { ...api.get(name)!.data, 'ca.key': api.get(name)!.data!['tls.key']! } }) },
  { name: 'without its key', damage: (api: SecretApi) => api.put({ ...api.get(name)!, data: { ...api.get(name)!.data, 'tls.key': '' } }) },
]
for (const { name: what, damage } of damages) {
  void t.test(`a Secret that is ${what} is mended by the one that may write, and nobody serves anything else meanwhile`, async t => {
    const { api, one, other } = await begin(t)
    const before = await one.fingerprint()
    damage(api)
    t.equal(await other.sync(), 'withheld')
    t.equal(await one.sync(), 'given')
    t.same([await one.sync(), await other.sync()], ['same', 'same'])
    for (const file of allFiles) t.equal(held(api, file), await one.read(file), file)
    t.same([await one.fingerprint(), await other.fingerprint()], [before, before])
  })
}

void t.test('what is renewed in one folder is given to all', async t => {
  const { one, other } = await begin(t)
  one.state.now = after(61)
  await one.renew()
  t.equal(await one.sync(), 'given')
  t.equal(await other.sync(), 'taken')
  t.equal(await other.fingerprint(), await one.fingerprint())
  other.state.now = after(122)
  await other.renew()
  t.equal(await other.sync(), 'withheld', 'it may not write')
  other.state.mayWrite = true
  t.equal(await other.sync(), 'given', 'now it may')
  t.equal(await one.sync(), 'taken')
})

void t.test('of two that renew at once the one that is written first stays', async t => {
  const { api, one, other } = await begin(t)
  other.state.mayWrite = true
  for (const each of [one, other]) {
    each.state.now = after(61)
    await each.renew()
  }
  t.same([await one.sync(), await other.sync(), await one.sync()], ['given', 'taken', 'same'])
  t.equal(held(api, 'tls.crt'), await other.read('tls.crt'))
})

void t.test('a write that another was faster with begins anew', async t => {
  const { api, one, other } = await begin(t)
  one.state.now = after(61)
  await one.renew()
  const others = { ...api.get(name)!, data: { ...api.get(name)!.data, note: 'eA==' } }
  api.before = () => api.put(others)
  t.equal(await one.sync(), 'given')
  t.same(api.taken(), ['GET', 'PUT', 'GET', 'PUT'])
  t.equal(api.get(name)?.data?.['note'], 'eA==', 'what else is in it stays')
  api.remove(name)
  api.before = () => api.put(others)
  t.equal(await one.sync(), 'taken', 'someone made it again, as it was before')
  t.ok(await other.fingerprint())
})

void t.test('a folder that is torn or emptied gets what the Secret holds', async t => {
  const { one, other } = await begin(t)
  await writeFile(join(other.folder, 'tls.crt'), 'half')
  t.equal(await other.sync(), 'taken')
  await rm(other.folder, { recursive: true })
  t.equal(await other.sync(), 'taken')
  t.equal(await other.fingerprint(), await one.fingerprint())
})

void t.test('a pair that someone else makes and renews, as cert-manager does, is taken, and nothing of ours is left beside it', async t => {
  const { api, one } = await begin(t)
  const fixture = async (kind: string, file: string) => (await readFile(join(import.meta.dirname, '../certificates/fixtures', kind, file))).toString('base64')
  const pair = async (kind: string) =>
    Object.fromEntries(await Promise.all(['ca.crt', 'tls.crt', 'tls.key'].map(async file => [file, await fixture(kind, file)])))
  for (const kind of ['rsa', 'elliptic']) {
    api.put({ ...api.get(name)!, data: await pair(kind) })
    t.equal(await one.sync(), 'taken')
    t.same((await readdir(one.folder)).toSorted(), ['ca.crt', 'tls.crt', 'tls.key'])
    await one.begin()
    t.equal(await one.sync(), 'same', 'and never overwritten')
  }
})

void t.test('a change is one write of the Secret, and is in the folder then; another that is faster is not overwritten', async t => {
  const { api, one, other } = await begin(t)
  const change = (name: string) => one.change(async files => ({ ...files, 'ca-next.key': name }))
  t.equal(await change('first'), true)
  t.same(api.taken(), ['GET', 'PUT', 'GET'])
  t.equal(held(api, 'ca-next.key'), 'first')
  t.equal(await one.read('ca-next.key'), 'first')
  t.equal(await other.sync(), 'taken')
  t.equal(await other.read('ca-next.key'), 'first')
  api.before = () => api.put(api.get(name)!)
  t.equal(await change('second'), false)
  t.equal(held(api, 'ca-next.key'), 'first')
  t.equal(await one.change(async () => undefined), false, 'nothing to change')
  t.equal(await one.change(async files => Object.fromEntries(allFiles.map(file => [file, files[file] ?? '']))), true)
  t.equal(api.get(name)?.data?.['ca-next.key'], undefined, 'a file that is gone is gone there, too')
  t.equal(await other.sync(), 'taken')
  t.same((await readdir(other.folder)).toSorted(), allFiles)
  api.remove(name)
  t.equal(await change('third'), false, 'there is nothing to change')
})

void t.test('an API server that refuses is an error, and the folder stays', async t => {
  const { api, one } = await begin(t)
  for (const status of [403, 500]) {
    api.status = status
    await t.rejects(one.sync(), { message: `no: ${status}` })
  }
  t.ok(await one.fingerprint())
})

void t.test('a Secret that is written by others without end is told', async t => {
  const { api, one } = await begin(t)
  one.state.now = after(61)
  await one.renew()
  const again = () => {
    api.put(api.get(name)!)
    api.before = again
  }
  api.before = again
  await t.rejects(one.sync(), { message: 'Secret versprei-system/versprei-certificates: others wrote it 5 times in a row' })
})
