import { X509Certificate, createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { checkServerIdentity, connect, createServer } from 'node:tls'
import t from 'tap'
import { createAuthority, createAuthorityKey, issueLeaf } from '../../src/certificates/authority.ts'
import { namesOf } from '../../src/certificates/pair.ts'

const now = new Date()
const day = 24 * 60 * 60_000
// The last is an IPv4 address in IPv6; it is in the certificate, but Node compares such addresses with nothing.
const hosts = ['localhost', 'versprei.versprei-system.svc', '127.0.0.1', '::1', '2001:db8::a', '::ffff:10.0.0.1']

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)

/** Undefined when a client that trusts `ca` takes the server for `host`; else the code of its refusal. */
const refusal = async (pair: { certificate: string; key: string }, ca: string, host: string): Promise<string | undefined> => {
  const server = createServer({ cert: pair.certificate, key: pair.key })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  // An address cannot be a server name (RFC 6066), so none is sent, and the identity is checked against the host by hand.
  const client = connect({
    port: address.port,
    host: '127.0.0.1',
    ca,
    servername: '',
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate)
  })
  const code = await new Promise<string | undefined>(resolve => {
    client.once('secureConnect', () => resolve(undefined))
    client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })
  client.destroy()
  server.close()
  return code
}

const authority = await createAuthority({ now, commonName: 'Test' })
const leaf = await issueLeaf(authority, { hosts, now })

void t.test('a client that trusts the authority takes the leaf for each of its hosts, and for no other', async t => {
  for (const host of hosts.slice(0, -1)) t.equal(await refusal(leaf, authority.certificate, host), undefined, host)
  for (const host of ['other', '127.0.0.2', '::2', 'versprei']) {
    t.equal(await refusal(leaf, authority.certificate, host), 'ERR_TLS_CERT_ALTNAME_INVALID', host)
  }
})

void t.test('a client that trusts another authority of the same name refuses the leaf', async t => {
  const other = await createAuthority({ now, commonName: 'Test' })
  t.not(await refusal(leaf, other.certificate, 'localhost'), undefined)
})

void t.test('an authority made again from its key takes the leaves of the one before, and the other way round', async t => {
  const again = await createAuthority({ now, commonName: 'Test', key: authority.key })
  t.not(again.certificate, authority.certificate)
  t.equal(await refusal(leaf, again.certificate, 'localhost'), undefined)
  t.equal(await refusal(await issueLeaf(again, { hosts, now }), authority.certificate, 'localhost'), undefined)
})

void t.test('what is made says what it may be used for, and how long', async t => {
  const [ca, own] = [new X509Certificate(authority.certificate), new X509Certificate(leaf.certificate)]
  t.strictSame(
    {
      ca: ca.ca,
      leafCa: own.ca,
      usage: own.keyUsage,
      names: namesOf(own),
      from: seconds(own.validFromDate),
      to: seconds(own.validToDate),
      caTo: seconds(ca.validToDate)
    },
    {
      ca: true,
      leafCa: false,
      usage: ['1.3.6.1.5.5.7.3.1'],
      names: [...hosts.slice(0, -1), '::ffff:a00:1'],
      from: seconds(new Date(now.getTime() - 5 * 60_000)),
      to: seconds(new Date(now.getTime() + 90 * day)),
      caTo: seconds(new Date(now.getTime() + 365 * day))
    }
  )
  t.ok(own.checkPrivateKey(createPrivateKey(leaf.key)))
})

void t.test('a leaf never outlives its authority', async t => {
  const late = await issueLeaf(authority, { hosts, now: new Date(now.getTime() + 300 * day) })
  t.strictSame(new X509Certificate(late.certificate).validToDate, new X509Certificate(authority.certificate).validToDate)
})

void t.test('serials are 16 bytes, positive, and differ', async t => {
  const key = await createAuthorityKey()
  const serials = await Promise.all(
    Array.from({ length: 8 }, async () => new X509Certificate((await issueLeaf(authority, { hosts, now, key })).certificate).serialNumber)
  )
  t.equal(new Set(serials).size, 8)
  t.ok(serials.every(serial => /^[4-7][0-9A-F]{31}$/.test(serial)), serials.join(' '))
})

void t.test('a host that is none is refused by name', async t => {
  await t.rejects(issueLeaf(authority, { hosts: ['a b', ''], now }), { message: /"a b" is neither .*; a host name is empty/ })
})

void t.test('a leaf of our own making has an elliptic key, and one for a key that is given has that', async t => {
  const authority = await createAuthority({ now: new Date(), commonName: 'Versprei test' })
  const wish = { hosts: ['localhost'], now: new Date() }
  const leaf = await issueLeaf(authority, wish)
  const certificate = new X509Certificate(leaf.certificate)
  t.equal(certificate.publicKey.asymmetricKeyType, 'ec')
  t.ok(certificate.checkPrivateKey(createPrivateKey(leaf.key)))
  t.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey))
  const key = await createAuthorityKey()
  const given = new X509Certificate((await issueLeaf(authority, { ...wish, key })).certificate)
  t.equal(given.publicKey.asymmetricKeyType, 'rsa')
  t.ok(given.checkPrivateKey(createPrivateKey(key)))
})
