import { once } from 'node:events'
import { X509Certificate } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import t, { type Test } from 'tap'
import { createAuthority, issueLeaf, type Signed } from '../../src/certificates/authority.ts'
import { isNamed } from '../../src/certificates/client-authority.ts'
import { clientAuth, serverAuth } from '../../src/certificates/purpose.ts'
import { createClient, open, placed, readPair, review, serve as serveAnybody } from './serving.ts'

const now = new Date()
const authority = await createAuthority({ now, commonName: 'clients' })
const issue = async (by: Signed, host: string, usages = [clientAuth], at = now): Promise<ConnectionOptions> => {
  const { certificate: cert, key } = await issueLeaf(by, { hosts: [host], now: at, usages })
  return { cert, key }
}
const apiServer = await issue(authority, 'api-server')
const another = await createAuthority({ now, commonName: 'clients' })
const ofAnother = await issue(another, 'api-server')

/** Asks for a certificate by `authority` that names the API server; the clock stands at `state.now`. */
const serve = async (t: Test, names: readonly string[] = ['api-server']) => {
  const clock = { now: 0 }
  const served = await serveAnybody(t, {
    callers: { ca: authority.certificate, isCaller: certificate => isNamed(names, certificate) }, elapsed: () => clock.now,
  })
  return { ...served, clock }
}
const post = (t: Test, port: number, tls: ConnectionOptions, uid = 'a') => createClient(t, port, tls)({ body: review(uid) })

const strangers: readonly { name: string, tls: ConnectionOptions, says: RegExp }[] = [
  { name: 'no certificate', tls: {}, says: /^no client certificate was shown; / },
  { name: 'one of another authority of that name', tls: ofAnother, says: /not one by the authority of --client-ca: [A-Z_]+$/ },
  { name: 'the certificate that is served', tls: readPair('rsa'), says: /not one by the authority of --client-ca: [A-Z_]+$/ },
  { name: 'one for a server', tls: await issue(authority, 'api-server', [serverAuth]), says: /: INVALID_PURPOSE$/ },
  {
    name: 'one that has expired', says: /: CERT_HAS_EXPIRED$/,
    tls: await issue(authority, 'api-server', [clientAuth], new Date(now.getTime() - 100 * 24 * 3600 * 1000)),
  },
  { name: 'one of another name', tls: await issue(authority, 'kubelet'), says: /^the client certificate has none of the names of --client-name$/ },
]
for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const { name, tls, says } of strangers) {
    void t.test(`${maxVersion}: a caller with ${name} is refused before its body is read, and counted`, async t => {
      const { port, counted, logged } = await serve(t)
      const { status, body, connection } = await post(t, port, { ...tls, maxVersion })
      t.match({ status, body, connection }, { status: 403, body: { error: 'unknown-caller', message: says }, connection: 'close' })
      t.same(counted, ['unknown-caller'])
      t.match(logged, [{ level: 40, refused: 1, fault: says }])
      const socket = await open(t, port, { ...tls, maxVersion })
      socket.write('POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 7000000\r\n\r\n')
      t.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1\.1 403 /, 'nothing of the body was sent')
    })
  }
  void t.test(`${maxVersion}: the API server by its certificate is answered, after a new serving certificate too`, async t => {
    const { port, server, counted } = await serve(t)
    t.same((await post(t, port, { ...apiServer, maxVersion })).body, placed('a', 0))
    server.useCertificate(readPair('elliptic'))
    const ca = readPair('elliptic').ca
    t.same((await post(t, port, { ...apiServer, ca, maxVersion }, 'b')).body, placed('b', 1))
    for (const tls of [{}, ofAnother]) t.equal((await post(t, port, { ...tls, ca, maxVersion })).status, 403)
    t.same(counted, ['placed', 'placed', 'unknown-caller', 'unknown-caller'])
  })
  void t.test(`${maxVersion}: a session cannot be taken up again without the certificate`, async t => {
    const { port } = await serve(t)
    const first = await open(t, port, { ...apiServer, maxVersion })
    let session: Buffer | undefined = first.getSession()
    first.on('session', (next: Buffer) => { session = next }).write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    await first.resume().toArray()
    const again = await open(t, port, { maxVersion, ...(session && { session }) })
    t.notOk(again.isSessionReused())
  })
}

void t.test('any name counts where none is given; a common name does, letters as they are', async t => {
  const certificate = new X509Certificate(String(apiServer.cert))
  t.match(certificate.subject, /^CN=versprei\n/)
  t.ok(isNamed(['x', 'versprei'], certificate))
  t.ok(isNamed(['api-server'], certificate))
  for (const name of ['Versprei', 'API-server', 'versprei ', '*', 'CN=versprei', '']) t.notOk(isNamed([name], certificate), name)
})

void t.test('refusals are told of once a minute, with how many there were', async t => {
  const { port, clock, logged } = await serve(t)
  for (const at of [0, 1, 59_999, 60_000]) {
    clock.now = at
    await post(t, port, {})
  }
  t.match(logged, [{ refused: 1, address: '127.0.0.1' }, { refused: 3 }])
  t.equal(logged.length, 2)
})

void t.test('another authority counts at once for new connections; one that the old let in has one more answer', async t => {
  const { port, server, clock, state } = await serve(t)
  const old = createClient(t, port, apiServer)
  const before = await old({ body: review('a') })
  server.useAuthority(another.certificate)
  const last = await old({ body: review('b') })
  t.same(last, { status: 200, body: placed('b', 1), connection: 'close', from: before.from })
  t.equal((await old({ body: review('c') })).status, 403, 'a new connection')
  const next = createClient(t, port, ofAnother)
  t.match(await next({ body: review('d') }), { status: 200, connection: 'close' }, 'its handshake may have begun before')
  clock.now = 120_000
  const kept = await next({ body: review('e') })
  t.match(kept, { status: 200, connection: 'keep-alive' })
  t.equal((await next({ body: review('f') })).from, kept.from)
  t.equal(state.draining, false)
})

void t.test('where whoever reaches the port may call, no certificate is asked for, and there is no authority to change', async t => {
  const { port, server } = await serveAnybody(t)
  t.throws(() => server.useAuthority(another.certificate), { message: /whoever reaches the port may call/ })
  const socket = await open(t, port, { ...ofAnother, maxVersion: 'TLSv1.2' })
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  const [text]: Buffer[] = await once(socket, 'data')
  t.match(String(text), /^HTTP\/1\.1 404 /)
})
