import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import { createClient, open, placed, readPair, review, serve } from './serving.ts'

for (const { version, want } of [{ version: 'TLSv1.2', want: 'TLSv1.2' }, { version: 'TLSv1.3', want: 'TLSv1.3' }] as const) {
  void t.test(`${version} is served`, async t => {
    const { port } = await serve(t)
    t.equal((await open(t, port, { minVersion: version, maxVersion: version })).getProtocol(), want)
  })
}

for (const version of ['TLSv1', 'TLSv1.1'] as const) {
  void t.test(`${version} is refused, after a new certificate too`, async t => {
    const { port, server } = await serve(t)
    // Without this OpenSSL would not even offer it, and the refusal would be the client's own.
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    const refusal = { code: /ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|ECONNRESET/ }
    await t.rejects(open(t, port, old), refusal)
    server.useCertificate(readPair('elliptic'))
    await t.rejects(open(t, port, old), refusal)
  })
}

void t.test('a client that offers h2 gets HTTP/1.1', async t => {
  const { port } = await serve(t)
  t.equal((await open(t, port, { ALPNProtocols: ['h2', 'http/1.1'] })).alpnProtocol, 'http/1.1')
})

void t.test('no connection is closed before the API server would close it, used or not', async t => {
  const { server: { app: { server } } } = await serve(t)
  const { keepAliveTimeout, requestTimeout, headersTimeout, timeout } = server
  t.same({ keepAliveTimeout, requestTimeout, headersTimeout, timeout },
    { keepAliveTimeout: 120_000, requestTimeout: 120_000, headersTimeout: 120_000, timeout: 0 })
})

const leaf = (socket: TLSSocket): string => new X509Certificate(socket.getPeerCertificate().raw).fingerprint256
const fingerprint = (kind: 'rsa' | 'elliptic'): string => new X509Certificate(readPair(kind).cert).fingerprint256

void t.test('new connections get the new certificate, an open one lives on', async t => {
  const { port, server } = await serve(t)
  const send = createClient(t, port)
  const before = await send({ body: review('a') })
  t.equal(leaf(await open(t, port)), fingerprint('rsa'))
  server.useCertificate(readPair('elliptic'))
  t.equal(leaf(await open(t, port, { ca: readPair('elliptic').ca })), fingerprint('elliptic'))
  t.same(await send({ body: review('b') }), { ...before, body: placed('b', 1) }, 'on the same connection')
})

void t.test('a certificate that does not fit its key is refused, and the old one stays', async t => {
  const { port, server } = await serve(t)
  const mixed = { cert: readPair('elliptic').cert, key: readPair('rsa').key }
  t.throws(() => server.useCertificate(mixed), { message: 'the certificate is not for this key' })
  t.throws(() => server.useCertificate({ cert: 'half', key: readPair('rsa').key }))
  t.equal(leaf(await open(t, port)), fingerprint('rsa'))
})

void t.test('closing answers what is under way', async t => {
  const { port, server, state } = await serve(t)
  const body = review('a')
  const socket = await open(t, port)
  const head = `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  socket.write(`${head}${body.slice(0, 9)}`)
  await once(server.app.server, 'request')
  state.draining = true
  const closed = server.close()
  await t.rejects(open(t, port), { code: 'ECONNREFUSED' })
  socket.write(body.slice(9))
  const text = Buffer.concat(await socket.toArray()).toString()
  t.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  t.match(text.toLowerCase(), '\r\nconnection: close\r\n')
  t.match(text, JSON.stringify(placed('a', 0)))
  await closed
})

void t.test('closing ends although a client keeps a connection that it never used', async t => {
  const { port, server } = await serve(t)
  const socket = await open(t, port)
  const ended = once(socket, 'close')
  socket.resume()
  const limit = new AbortController()
  // Long before the 120 s after which a connection without a request is given up anyway.
  const won = await Promise.race([server.close().then(() => 'closed'), wait(60_000, 'still open', { signal: limit.signal })])
  limit.abort()
  t.equal(won, 'closed')
  await ended
})

void t.test('a request on a pooled connection is answered while closing, not refused', async t => {
  const { port, server } = await serve(t)
  const body = review('a')
  const head = `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  const socket = await open(t, port)
  socket.write(`${head}${body.slice(0, 9)}`)
  await once(server.app.server, 'request')
  const closed = server.close()
  socket.write(`${body.slice(9)}${head}${body}`)
  const text = Buffer.concat(await socket.toArray()).toString()
  t.equal(text.split(JSON.stringify(placed('a', 0))).length, 3, 'two answers')
  t.notMatch(text, '503')
  await closed
})

void t.test('a connection that shook hands while closing gets its answer', async t => {
  const { port, server, state } = await serve(t)
  const accepted = once(server.app.server, 'connection')
  const plain = connect(port, '127.0.0.1')
  await accepted
  state.draining = true
  const closed = server.close()
  const socket = await open(t, port, { socket: plain })
  const body = review('a')
  socket.write(`POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  t.match(Buffer.concat(await socket.toArray()).toString(), JSON.stringify(placed('a', 0)))
  await closed
})
