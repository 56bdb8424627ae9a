import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createAuthority, issueLeaf } from '../../src/certificates/authority.ts'
import { readPair } from '../../src/certificates/pair.ts'

const fixtures = join(import.meta.dirname, 'fixtures')
const now = new Date()
const authority = await createAuthority({ now, commonName: 'Test' })
const leaf = await issueLeaf(authority, { hosts: ['localhost'], now })

for (const kind of ['elliptic', 'rsa']) {
  void t.test(`reads a pair of someone else: ${kind}`, async t => {
    const folder = join(fixtures, kind)
    const { fingerprint, ...pair } = await readPair(folder)
    const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
    t.strictSame(pair, {
      cert: await text('tls.crt'),
      key: await text('tls.key'),
      ca: await text('ca.crt'),
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2099-12-31T23:59:59Z'),
      names: ['localhost', 'versprei.versprei-system.svc', '127.0.0.1', '::1']
    })
    t.match(fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })
}

const half = (text: string): string => text.slice(0, text.length / 2)
const oneAndAHalf = (text: string): string => text + half(text)
const garble = (text: string): string => text.replace('MI', 'AA')

const torn = [
  { name: 'certificate missing', file: 'tls.crt', change: undefined, want: /tls\.crt: is missing$/ },
  { name: 'key missing', file: 'tls.key', change: undefined, want: /tls\.key: is missing$/ },
  { name: 'certificate cut off', file: 'tls.crt', change: half, want: /tls\.crt: a PEM block is cut off/ },
  { name: 'certificate empty', file: 'tls.crt', change: () => '', want: /tls\.crt: holds no certificate$/ },
  { name: 'certificate garbled', file: 'tls.crt', change: garble, want: /tls\.crt: certificate 1 of 1 cannot be read$/ },
  { name: 'second certificate cut off', file: 'tls.crt', change: oneAndAHalf, want: /tls\.crt: a PEM block is cut off/ },
  { name: 'key cut off', file: 'tls.key', change: half, want: /tls\.key: is not a whole, unencrypted PEM private key$/ },
  { name: 'key of another', file: 'tls.key', change: () => leaf.key, want: /tls\.key: does not belong to the certificate in tls\.crt$/ },
  { name: 'authority of another', file: 'ca.crt', change: () => authority.certificate, want: /ca\.crt: did not sign the certificate/ },
  { name: 'authority cut off', file: 'ca.crt', change: half, want: /ca\.crt: a PEM block is cut off/ }
]

for (const kind of ['elliptic', 'rsa']) {
  for (const { name, file, change, want } of torn) {
    void t.test(`refuses, by file and reason: ${name} (${kind})`, async t => {
      const folder = t.testdir({})
      await cp(join(fixtures, kind), folder, { recursive: true })
      const path = join(folder, file)
      if (change === undefined) await rm(path)
      else await writeFile(path, change(await readFile(path, 'utf8')))
      await t.rejects(readPair(folder), { message: want })
    })
  }
}

void t.test('a pair without ca.crt, or with an empty one, is whole but its authority unknown', async t => {
  const files = { 'tls.crt': leaf.certificate, 'tls.key': leaf.key }
  t.equal((await readPair(t.testdir(files))).ca, undefined)
  t.equal((await readPair(t.testdir({ ...files, 'ca.crt': '\n' }))).ca, undefined)
})

void t.test('a certificate with its chain, and one that signed itself, lead to their authority', async t => {
  const chain = `${leaf.certificate}${authority.certificate}`
  const folder = t.testdir({ 'tls.crt': chain, 'tls.key': leaf.key, 'ca.crt': authority.certificate })
  t.same((await readPair(folder)).names, ['localhost'])
  const selfSigned = t.testdir({ 'tls.crt': authority.certificate, 'tls.key': authority.key, 'ca.crt': authority.certificate })
  t.same((await readPair(selfSigned)).names, [])
})
