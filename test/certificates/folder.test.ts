import { chmod, cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createAuthority, createAuthorityKey } from '../../src/certificates/authority.ts'
import { ensureCertificates } from '../../src/certificates/folder.ts'
import { readPair } from '../../src/certificates/pair.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const hosts = ['localhost', '127.0.0.1', '::1']
const day = 24 * 60 * 60_000
const start = new Date('2026-11-01T12:00:00Z')
const after = (days: number): Date => new Date(start.getTime() + days * day)

const contents = async (folder: string): Promise<Record<string, string>> =>
  Object.fromEntries(await Promise.all((await readdir(folder)).map(async name => [name, await readFile(join(folder, name), 'utf8')])))
const changed = async (folder: string, before: Record<string, string>): Promise<readonly string[]> =>
  Object.entries(await contents(folder)).filter(([name, text]) => before[name] !== text).map(([name]) => name).toSorted()

const template = join(t.testdir({}), 'made')
const first = await ensureCertificates(template, { hosts, now: start })
const madeFolder = async (t: Test): Promise<string> => {
  const folder = t.testdir({})
  await cp(template, folder, { recursive: true })
  return folder
}

void t.test('makes the folder, an authority and a leaf, with keys that only their owner reads', async t => {
  const mode = async (name: string): Promise<string> => ((await stat(join(template, name))).mode & 0o777).toString(8)
  t.same(first.made.map(({ file }) => file), ['ca.key', 'ca.crt', 'tls.key', 'tls.crt'])
  t.same((await readdir(template)).toSorted(), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'])
  t.same(await Promise.all(['.', 'ca.key', 'tls.key', 'ca.crt', 'tls.crt'].map(mode)), ['700', '600', '600', '644', '644'])
  t.same((await readPair(template)).names, hosts)
})

const renewals = [
  { name: 'keeps what is good', hosts, days: 59, want: [] },
  { name: 'renews the leaf at two thirds of its life', hosts, days: 61, want: ['tls.crt'] },
  { name: 'renews an expired leaf', hosts, days: 100, want: ['tls.crt'] },
  { name: 'renews the authority with it at two thirds of its own life', hosts, days: 250, want: ['ca.crt', 'tls.crt'] },
  { name: 'makes an expired authority again', hosts, days: 400, want: ['ca.crt', 'tls.crt'] },
  { name: 'makes again what has not begun', hosts, days: -1, want: ['ca.crt', 'tls.crt'] },
  { name: 'adds a host that is lacking', hosts: ['web.example'], days: 0, want: ['tls.crt'] },
  { name: 'knows a host in another spelling', hosts: ['0:0::1', 'LOCALHOST'], days: 0, want: [] }
]

for (const { name, hosts: wanted, days, want } of renewals) {
  void t.test(name, async t => {
    const folder = await madeFolder(t)
    const before = await contents(folder)
    const { made } = await ensureCertificates(folder, { hosts: wanted, now: after(days) })
    t.same(made.map(({ file }) => file), want)
    t.same(await changed(folder, before), want)
    const pair = await readPair(folder)
    t.ok(pair.notBefore <= after(days) && after(days) <= pair.notAfter, 'good now')
    t.same((await ensureCertificates(folder, { hosts, now: after(days) })).made, [], 'and nothing more to do')
  })
}

void t.test('keeps the hosts a leaf has when it adds others', async t => {
  const folder = await madeFolder(t)
  await ensureCertificates(folder, { hosts: ['web.example'], now: start })
  t.same((await readPair(folder)).names, [...hosts, 'web.example'])
})

const cutShort = [
  { name: 'only the authority’s key', keep: ['ca.key'], want: ['ca.crt', 'tls.key', 'tls.crt'] },
  { name: 'the authority', keep: ['ca.key', 'ca.crt'], want: ['tls.key', 'tls.crt'] },
  { name: 'all but the leaf', keep: ['ca.key', 'ca.crt', 'tls.key'], want: ['tls.crt'] },
  { name: 'all but the leaf’s key', keep: ['ca.key', 'ca.crt', 'tls.crt'], want: ['tls.key', 'tls.crt'] },
  { name: 'all but the authority', keep: ['ca.key', 'tls.crt', 'tls.key'], want: ['ca.crt'] }
]

for (const { name, keep, want } of cutShort) {
  void t.test(`takes up again what was cut short: ${name}`, async t => {
    const folder = await madeFolder(t)
    for (const file of await readdir(folder)) if (!keep.includes(file)) await rm(join(folder, file))
    const before = await contents(folder)
    t.same((await ensureCertificates(folder, { hosts, now: start })).made.map(({ file }) => file), want)
    t.same(await changed(folder, before), want.toSorted())
    t.same((await readPair(folder)).names, hosts)
  })
}

void t.test('issues a certificate for another key in its own folder, and leaves that key', async t => {
  const folder = await madeFolder(t)
  const key = await createAuthorityKey()
  await writeFile(join(folder, 'tls.key'), key)
  t.same((await ensureCertificates(folder, { hosts, now: start })).made, [{ file: 'tls.crt', because: 'its key was another' }])
  t.equal((await readPair(folder)).key, key)
})

void t.test('starters at the same moment agree on one authority and one pair', async t => {
  const folder = join(t.testdir({}), 'new')
  await Promise.all(['a', 'b', 'c'].map(host => ensureCertificates(folder, { hosts: [host], now: start })))
  t.same((await readdir(folder)).toSorted(), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'])
  const { names } = await readPair(folder)
  t.ok(names.length > 0, names.join())
})

void t.test('never touches what someone else put there, whatever its hosts and dates', async t => {
  for (const kind of ['elliptic', 'rsa']) {
    const folder = t.testdir({})
    await cp(join(fixtures, kind), folder, { recursive: true })
    const before = await contents(folder)
    t.same(await ensureCertificates(folder, { hosts: ['web.example'], now: new Date('2200-01-01') }), { made: [] })
    t.strictSame(await contents(folder), before)
  }
})

void t.test('never touches someone else’s pair beside our authority’s key, but says that it does not fit', async t => {
  const folder = await madeFolder(t)
  for (const file of ['tls.crt', 'tls.key']) await cp(join(fixtures, 'rsa', file), join(folder, file))
  const before = await contents(folder)
  await t.rejects(ensureCertificates(folder, { hosts: ['web.example'], now: start }), { message: /ca\.crt: did not sign/ })
  t.strictSame(await contents(folder), before)
})

void t.test('issues from an authority that someone brought, and never makes that again', async t => {
  const { certificate, key } = await createAuthority({ now: start, commonName: 'Corporate' })
  const folder = t.testdir({ 'ca.crt': certificate, 'ca.key': key })
  const made: string[][] = []
  for (const days of [0, 250, 330, 364]) {
    made.push((await ensureCertificates(folder, { hosts, now: after(days) })).made.map(({ file }) => file))
  }
  t.same(made, [['tls.key', 'tls.crt'], ['tls.crt'], ['tls.crt'], []], 'at the end a new leaf would live no longer')
  const pair = await readPair(folder)
  t.equal(pair.ca, certificate)
  t.strictSame(pair.notAfter, after(365), 'the leaf ends with it')
})

const partial = [
  { keep: ['ca.crt'], want: /holds ca\.crt but lacks tls\.crt and tls\.key;/ },
  { keep: ['ca.crt', 'tls.crt'], want: /holds ca\.crt and tls\.crt but lacks tls\.key;/ },
  { keep: ['tls.key'], want: /holds tls\.key but lacks tls\.crt;/ }
]

for (const { keep, want } of partial) {
  void t.test(`refuses a folder of someone else that holds only ${keep.join(' and ')}`, async t => {
    const folder = t.testdir({})
    for (const file of keep) await cp(join(fixtures, 'rsa', file), join(folder, file))
    await t.rejects(ensureCertificates(folder, { hosts, now: start }), { message: want })
    t.same((await readdir(folder)).toSorted(), keep)
  })
}

void t.test('goes on with a good pair when it cannot be renewed, and says why; without a good pair it fails', async t => {
  const folder = await madeFolder(t)
  await writeFile(join(folder, 'ca.key'), 'garbage')
  const { made, trouble } = await ensureCertificates(folder, { hosts, now: after(61) })
  t.same(made, [])
  t.match(trouble?.message, /ca\.key: is not a whole, unencrypted PEM private key/)
  await t.rejects(ensureCertificates(folder, { hosts, now: after(91) }), { message: /ca\.key: is not a whole/ })
})

const skip = process.getuid?.() === 0 && 'root writes anywhere'
void t.test('names what it cannot write while the pair is good', { skip }, async t => {
  const folder = await madeFolder(t)
  await chmod(folder, 0o500)
  t.teardown(() => chmod(folder, 0o700))
  const { trouble } = await ensureCertificates(folder, { hosts, now: after(61) })
  t.match(trouble?.message, /tls\.crt: cannot be written \(EACCES\)$/)
})

void t.test('a file that stands in the way is left, and no temporary file stays', async t => {
  const folder = await madeFolder(t)
  await rm(join(folder, 'tls.crt'))
  await mkdir(join(folder, 'tls.crt'))
  await t.rejects(ensureCertificates(folder, { hosts, now: start }), { message: /tls\.crt: cannot be read \(EISDIR\)/ })
  t.same((await readdir(folder)).toSorted(), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'])
})
