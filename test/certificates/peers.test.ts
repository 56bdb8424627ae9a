import { X509Certificate } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createAuthority, issueLeaf, type Signed } from '../../src/certificates/authority.ts'
import { readPair } from '../../src/certificates/pair.ts'
import {
  ensurePeerCertificates, followPeerCertificates, isPeer, peerName, peersFolder, peerUsage, toPeerPair, type PeerPair
} from '../../src/certificates/peers.ts'
import { clientAuth, serverAuth } from '../../src/certificates/purpose.ts'

const day = 24 * 60 * 60_000
const start = new Date('2026-11-01T12:00:00Z')
const after = (days: number): Date => new Date(start.getTime() + days * day)
const hosts = [peerName]

const first = t.testdir({})
await ensurePeerCertificates(first, start)
const keyOf = (name: string): Promise<string> => readFile(join(peersFolder(first), name), 'utf8')
const [authorityKey, leafKey] = [await keyOf('ca.key'), await keyOf('tls.key')]

const copy = async (t: Test): Promise<string> => {
  const names = await readdir(peersFolder(first))
  const files = await Promise.all(names.map(async name => [name, await keyOf(name)]))
  return t.testdir({ peers: Object.fromEntries(files) })
}
const authorityOf = async (certificates: string): Promise<Signed> =>
  ({ certificate: await readFile(join(peersFolder(certificates), 'ca.crt'), 'utf8'), key: authorityKey })

void t.test('the usage is a UUID as an object identifier', async t => {
  t.equal(peerUsage, `2.25.${BigInt('0xc4fe00219fe649ad928491a5c9e95eba')}`)
})

void t.test('makes an authority and a leaf of the peers’ own, in a folder of their own', async t => {
  const pair = await readPair(peersFolder(first))
  const [ca, leaf] = [new X509Certificate(pair.ca ?? ''), new X509Certificate(pair.cert)]
  t.strictSame(
    { ca: ca.subject, subject: leaf.subject, names: pair.names, usages: leaf.keyUsage, isPeer: isPeer(leaf), caIsPeer: isPeer(ca) },
    {
      ca: 'CN=Versprei peers\nO=Versprei', subject: 'CN=versprei\nO=Versprei', names: hosts,
      usages: [serverAuth, clientAuth, peerUsage], isPeer: true, caIsPeer: false
    }
  )
  t.same((await readdir(peersFolder(first))).toSorted(), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'])
})

void t.test('starters at the same moment agree on one authority and one pair', async t => {
  const certificates = t.testdir({})
  await Promise.all([0, 1, 2].map(() => ensurePeerCertificates(certificates, start)))
  const pair = await readPair(peersFolder(certificates))
  t.ok(isPeer(new X509Certificate(pair.cert)))
  t.same((await ensurePeerCertificates(certificates, start)).made, [])
})

const renewals = [
  { name: 'keeps what is good', days: 59, want: [] },
  { name: 'renews the leaf at two thirds of its life', days: 61, want: ['tls.crt'] },
  { name: 'renews the authority with it', days: 250, want: ['ca.crt', 'tls.crt'] }
]
for (const { name, days, want } of renewals) {
  void t.test(`${name}, with the same names and usages`, async t => {
    const certificates = await copy(t)
    t.same((await ensurePeerCertificates(certificates, after(days))).made.map(({ file }) => file), want)
    const { cert, ca = '', names } = await readPair(peersFolder(certificates))
    t.strictSame(
      { names, usages: new X509Certificate(cert).keyUsage, ca: new X509Certificate(ca).subject },
      { names: hosts, usages: [serverAuth, clientAuth, peerUsage], ca: 'CN=Versprei peers\nO=Versprei' }
    )
  })
}

void t.test('makes a leaf of ours again that lacks the usage', async t => {
  const certificates = await copy(t)
  const plain = await issueLeaf(await authorityOf(certificates), { hosts, now: start, usages: [serverAuth, clientAuth], key: leafKey })
  await writeFile(join(peersFolder(certificates), 'tls.crt'), plain.certificate)
  t.same((await ensurePeerCertificates(certificates, start)).made, [{ file: 'tls.crt', because: 'it was for another use' }])
  t.ok(isPeer(new X509Certificate((await readPair(peersFolder(certificates))).cert)))
})

const theirs = [
  { name: 'without the usage', leaf: { hosts, usages: [serverAuth, clientAuth] }, withCa: true, want: `lacks the extended key usages ${peerUsage}` },
  { name: 'for servers alone', leaf: { hosts, usages: [serverAuth, peerUsage] }, withCa: true, want: `lacks the extended key usages ${clientAuth}` },
  { name: 'for another name', leaf: { hosts: ['web.example'], usages: [serverAuth, clientAuth, peerUsage] }, withCa: true, want: `lacks the DNS name ${peerName}` },
  { name: 'without its authority', leaf: { hosts, usages: [serverAuth, clientAuth, peerUsage] }, withCa: false, want: 'ca.crt of the peers is missing' },
  { name: 'as it should be', leaf: { hosts, usages: [serverAuth, clientAuth, peerUsage] }, withCa: true, want: undefined }
]
const corporate = await createAuthority({ now: start, commonName: 'Corporate', key: authorityKey })
for (const { name, leaf, withCa, want } of theirs) {
  void t.test(`someone else’s pair ${name} is ${want === undefined ? 'used' : 'refused, in words'}`, async t => {
    const { certificate } = await issueLeaf(corporate, { ...leaf, now: start, key: leafKey })
    const certificates = t.testdir({
      peers: { 'tls.crt': certificate, 'tls.key': leafKey, ...(withCa && { 'ca.crt': corporate.certificate }) }
    })
    const ensured = ensurePeerCertificates(certificates, start)
    if (want === undefined) t.same(await ensured, { made: [] })
    else await t.rejects(ensured, { message: new RegExp(`^${peersFolder(certificates)}: .*${want}`, 'u') })
  })
}

const follow = async (certificates: string, now: () => Date) => {
  const changes: PeerPair[] = []
  const troubles: string[] = []
  const followed = await followPeerCertificates({
    certificates, now, onChange: pair => { changes.push(pair) }, onTrouble: ({ message }) => troubles.push(message), repeat: () => () => {}
  })
  return { followed, changes, troubles }
}

void t.test('following renews the leaf for its use and gives the new pair', async t => {
  const certificates = await copy(t)
  let now = start
  const { followed, changes, troubles } = await follow(certificates, () => now)
  now = after(61)
  await followed.check()
  t.same(troubles, [])
  t.strictSame(changes, [toPeerPair(followed.current)])
  t.ok(changes.every(({ cert }) => isPeer(new X509Certificate(cert))))
})

void t.test('following tells of a pair that no peer would take, and does not give it', async t => {
  const { certificate } = await issueLeaf(corporate, { hosts, usages: [serverAuth, clientAuth, peerUsage], now: start, key: leafKey })
  const certificates = t.testdir({ peers: { 'tls.crt': certificate, 'tls.key': leafKey, 'ca.crt': corporate.certificate } })
  const { followed, changes, troubles } = await follow(certificates, () => start)
  const plain = await issueLeaf(corporate, { hosts, now: start, key: leafKey })
  await writeFile(join(peersFolder(certificates), 'tls.crt'), plain.certificate)
  await followed.check()
  t.same(changes, [])
  t.match(troubles, [/the new pair was not taken up \(tls\.crt of the peers lacks the extended key usages/])
})
