import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createAuthority, issueLeaf } from '../../src/certificates/authority.ts'
import { ensureCertificates } from '../../src/certificates/folder.ts'
import { followCertificates } from '../../src/certificates/follow.ts'
import type { CertificatePair } from '../../src/certificates/pair.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const files = ['ca.crt', 'tls.crt', 'tls.key']
const hosts = ['localhost']
const day = 24 * 60 * 60_000
const start = new Date('2026-11-01T12:00:00Z')

const follow = async (folder: string, onChange: (pair: CertificatePair) => void | Promise<void> = () => {}) => {
  const changes: CertificatePair[] = []
  const troubles: string[] = []
  const clock = { now: start }
  const timer: { task: (() => void) | undefined; milliseconds: number } = { task: undefined, milliseconds: 0 }
  const followed = await followCertificates({
    folder,
    hosts,
    now: () => clock.now,
    onChange: pair => {
      changes.push(pair)
      return onChange(pair)
    },
    onTrouble: ({ message }) => troubles.push(message.replace(`${folder}/`, '')),
    repeat: (task, milliseconds) => {
      Object.assign(timer, { task, milliseconds })
      return () => Object.assign(timer, { task: undefined })
    }
  })
  return { followed, changes, troubles, clock, timer }
}

const theirs = async (t: Test, kind: 'rsa' | 'elliptic'): Promise<string> => {
  const folder = t.testdir({})
  await cp(join(fixtures, kind), folder, { recursive: true })
  return folder
}
const put = async (folder: string, kind: 'rsa' | 'elliptic', names = files): Promise<void> => {
  for (const name of names) await cp(join(fixtures, kind, name), join(folder, name))
}
const fingerprints = (pairs: readonly CertificatePair[]): readonly string[] => pairs.map(({ fingerprint }) => fingerprint)

void t.test('a new pair is taken up once, RSA and elliptic alike', async t => {
  const folder = await theirs(t, 'rsa')
  const { followed, changes, troubles, timer } = await follow(folder)
  const rsa = followed.current
  await followed.check()
  t.same(changes, [], 'nothing is new yet')
  await put(folder, 'elliptic')
  await followed.check()
  await followed.check()
  const elliptic = followed.current
  await put(folder, 'rsa')
  await followed.check()
  t.same(fingerprints(changes), fingerprints([elliptic, rsa]))
  t.strictSame(followed.current, rsa)
  t.same(troubles, [])
  t.equal(timer.milliseconds, 5000)
})

const half = (text: string): string => text.slice(0, text.length / 2)

const torn = [
  { name: 'a half-written certificate', file: 'tls.crt', change: half, want: /^tls\.crt: a PEM block is cut off/ },
  { name: 'a half-written key', file: 'tls.key', change: half, want: /^tls\.key: is not a whole/ },
  { name: 'a deleted key', file: 'tls.key', change: undefined, want: /^tls\.key: is missing$/ },
  { name: 'a deleted authority', file: 'ca.crt', change: undefined, want: /^ca\.crt: is gone; without it the caBundle/ }
]

for (const { name, file, change, want } of torn) {
  void t.test(`keeps the old pair and tells once of ${name}, and again when it comes back`, async t => {
    const folder = await theirs(t, 'rsa')
    const { followed, changes, troubles } = await follow(folder)
    const before = followed.current
    const text = await readFile(join(folder, file), 'utf8')
    const tear = (): Promise<void> => (change === undefined ? rm(join(folder, file)) : writeFile(join(folder, file), change(text)))
    await tear()
    await followed.check()
    await followed.check()
    t.equal(troubles.length, 1)
    t.match(troubles[0], want)
    t.strictSame(followed.current, before)
    await writeFile(join(folder, file), text)
    await followed.check()
    await tear()
    await followed.check()
    t.same(troubles, [troubles[0], troubles[0]])
    t.same(changes, [])
  })
}

void t.test('keeps the old pair while the new one comes file by file, and tells of each distinct trouble', async t => {
  const folder = await theirs(t, 'rsa')
  const { followed, changes, troubles } = await follow(folder)
  const before = followed.current
  for (const name of ['tls.crt', 'tls.key']) {
    await put(folder, 'elliptic', [name])
    await followed.check()
    t.strictSame(followed.current, before)
  }
  await put(folder, 'elliptic', ['ca.crt'])
  await followed.check()
  t.same(troubles, ['tls.key: does not belong to the certificate in tls.crt', 'ca.crt: did not sign the certificate in tls.crt'])
  t.same(fingerprints(changes), [followed.current.fingerprint])
  t.not(followed.current.fingerprint, before.fingerprint)
})

void t.test('a torn pair in our own folder is told of, and not mended under someone’s hands', async t => {
  const folder = join(t.testdir({}), 'own')
  await ensureCertificates(folder, { hosts, now: start })
  const { followed, troubles, clock } = await follow(folder)
  const before = followed.current
  await put(folder, 'rsa', ['tls.key'])
  clock.now = new Date(start.getTime() + 61 * day)
  await followed.check()
  t.same(troubles, ['tls.key: does not belong to the certificate in tls.crt'])
  t.strictSame(followed.current, before)
  t.equal(await readFile(join(folder, 'tls.crt'), 'utf8'), before.cert)
})

void t.test('follows a mounted Secret, whose folder is swapped as one symlink', async t => {
  const folder = t.testdir({})
  const swap = async (kind: 'rsa' | 'elliptic'): Promise<void> => {
    await mkdir(join(folder, `..${kind}`))
    await put(join(folder, `..${kind}`), kind)
    await symlink(`..${kind}`, join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  await swap('rsa')
  for (const name of files) await symlink(join('..data', name), join(folder, name))
  const { followed, changes, troubles } = await follow(folder)
  await swap('elliptic')
  await followed.check()
  t.equal(followed.current.cert, await readFile(join(fixtures, 'elliptic', 'tls.crt'), 'utf8'))
  t.same(fingerprints(changes), [followed.current.fingerprint])
  t.same(troubles, [])
})

void t.test('a new authority for the same pair is a change: the caBundle is another', async t => {
  const authority = await createAuthority({ now: start, commonName: 'Test' })
  const again = await createAuthority({ now: start, commonName: 'Test', key: authority.key })
  const leaf = await issueLeaf(authority, { hosts, now: start })
  const folder = t.testdir({ 'ca.crt': authority.certificate, 'tls.crt': leaf.certificate, 'tls.key': leaf.key })
  const { followed, changes } = await follow(folder)
  await writeFile(join(folder, 'ca.crt'), again.certificate)
  await followed.check()
  t.same(changes.map(({ ca }) => ca), [again.certificate])
})

void t.test('renews our own leaf at two thirds of its life, again and again', async t => {
  const folder = join(t.testdir({}), 'own')
  await ensureCertificates(folder, { hosts, now: start })
  const { followed, changes, troubles, clock } = await follow(folder)
  for (const days of [59, 61, 62, 120, 122]) {
    clock.now = new Date(start.getTime() + days * day)
    await followed.check()
  }
  t.same(changes.map(({ notAfter }) => (notAfter.getTime() - start.getTime()) / day), [151, 212])
  t.equal(new Set(changes.map(({ key }) => key)).size, 1)
  t.same(troubles, [])
})

void t.test('tells when what someone else should have renewed has ended', async t => {
  const { followed, troubles, clock } = await follow(await theirs(t, 'rsa'))
  clock.now = new Date('2100-01-01T00:00:00Z')
  await followed.check()
  await followed.check()
  t.same(troubles, [
    'tls.crt: is good from 2026-01-01T00:00:00.000Z to 2099-12-31T23:59:59.000Z, which is not now; clients refuse it'
  ])
})

for (const [name, fail] of [
  ['throws', () => { throw new Error('no room') }],
  ['rejects', () => Promise.reject(new Error('no room'))]
] as const) {
  void t.test(`a consumer that ${name} is told of, and the next pair comes all the same`, async t => {
    const folder = await theirs(t, 'rsa')
    const { followed, changes, troubles } = await follow(folder, fail)
    await put(folder, 'elliptic')
    await followed.check()
    await put(folder, 'rsa')
    await followed.check()
    t.equal(changes.length, 2)
    t.match(troubles[0], /the new pair was not taken up \(no room\)$/)
  })
}

void t.test('looks at once are one look, a tick of the timer is a look, and after stop there is none', async t => {
  const folder = await theirs(t, 'rsa')
  const { followed, changes, timer } = await follow(folder)
  await put(folder, 'elliptic')
  timer.task?.()
  const looks = [followed.check(), followed.check()]
  t.equal(looks[0], looks[1])
  await Promise.all(looks)
  t.equal(changes.length, 1)
  await put(folder, 'rsa')
  const last = followed.check()
  followed.stop()
  await last
  t.equal(timer.task, undefined)
  t.equal(changes.length, 1)
})

void t.test('does not begin without a whole pair', async t => {
  await t.rejects(follow(t.testdir({})), { message: /tls\.(crt|key): is missing/ })
})
