import { once } from 'node:events'
import { connect } from 'node:tls'
import t from 'tap'
import { readHello } from '../../src/admission/peer.ts'
import { bodyLimit } from '../../src/admission/server.ts'
import { createClient, nextTls, peerTls, plainLeaf, sendAs, serve, servingPair, strangeLeaf, stranger } from './peering.ts'
import { createReview, review } from './serving.ts'

const asPair = ({ certificate, key }: { readonly certificate: string, readonly key: string }) => ({ cert: certificate, key })

const strangers = [
  { name: 'without a certificate', tls: {} },
  { name: 'with the certificate that serves the API server', tls: { cert: servingPair.cert, key: servingPair.key } },
  { name: 'with one of an authority that calls itself the same', tls: asPair(strangeLeaf) },
  { name: 'with one that signed itself', tls: asPair(stranger) },
]
for (const { name, tls } of strangers) {
  void t.test(`a client ${name} has no connection`, async t => {
    let reviews = 0
    const { port } = await serve(t, { review: () => { reviews += 1; return '{}' } })
    const answer = await sendAs(port, tls, '/mutate', review('a'))
    t.type(answer, 'string', JSON.stringify(answer))
    t.match(answer, /ECONNRESET|EPIPE|SSL|socket hang up/)
    t.equal(reviews, 0)
  })
}

const refused = { status: 403, body: { error: 'not-a-peer', message: 'only a replica of Versprei may call this' } }

void t.test('a client with a certificate of the peers’ authority for another use is refused everywhere, and told of once a minute', async t => {
  let calls = 0
  const call = () => { calls += 1; return true as const }
  const { port, state, logged } = await serve(t, { review: () => { calls += 1; return '{}' }, hello: () => ({ peers: [], called: call() }), lead: async () => (call(), 'taken'), take: call })
  for (const path of ['/mutate', '/hello', '/lead', '/reservations', '/nowhere']) t.strictSame(await sendAs(port, asPair(plainLeaf), path), refused, path)
  state.now = 59_999
  t.strictSame(await sendAs(port, asPair(plainLeaf), '/mutate', review('a')), refused)
  t.match(logged, [{ level: 40, refused: 1, address: '127.0.0.1' }])
  state.now = 60_000
  await sendAs(port, asPair(plainLeaf))
  t.match(logged.slice(1), [{ refused: 6 }])
  t.equal(logged.length, 2)
  t.equal(state.refusals, 7)
  t.equal(calls, 0)
})

for (const { name, tls, second } of [
  { name: 'of a peer', tls: peerTls, second: {} },
  { name: 'of no peer', tls: asPair(plainLeaf), second: asPair(plainLeaf) },
]) {
  void t.test(`a session ${name} cannot be taken up again to slip past the look at its certificate`, async t => {
    const { port } = await serve(t)
    const socket = connect({ port, host: '127.0.0.1', cert: tls.cert, key: tls.key, rejectUnauthorized: false, servername: 'peer.versprei.io' })
    t.teardown(() => socket.destroy())
    const [session]: Buffer[] = await once(socket, 'session')
    const again = connect({ port, host: '127.0.0.1', ...second, ...(session && { session }), rejectUnauthorized: false, servername: 'peer.versprei.io' })
    t.teardown(() => again.destroy())
    again.on('error', () => {})
    await once(again, 'secureConnect')
    t.notOk(again.isSessionReused())
    const answer = await sendAs(port, { ...second, ...(session && { session }) }, '/mutate', review('a'))
    if (typeof answer === 'string') t.match(answer, /ECONNRESET|EPIPE|SSL/)
    else t.strictSame(answer, refused)
  })
}

void t.test('TLS 1.3 and HTTP/1.1 alone are spoken', async t => {
  const { port } = await serve(t)
  const offer = { port, host: '127.0.0.1', cert: peerTls.cert, key: peerTls.key, ca: peerTls.ca, servername: 'peer.versprei.io' }
  const old = connect({ ...offer, maxVersion: 'TLSv1.2' })
  await t.rejects(once(old, 'secureConnect'), { code: /PROTOCOL_VERSION|ECONNRESET/ })
  const socket = connect({ ...offer, ALPNProtocols: ['h2', 'http/1.1'] })
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  t.strictSame([socket.getProtocol(), socket.alpnProtocol], ['TLSv1.3', 'http/1.1'])
})

const leader = { identity: 'b', url: 'https://[2001:db8::1]:8444' }
const fingerprint = Array.from({ length: 32 }, () => 'A0').join(':')
const hello = JSON.stringify({ identity: 'a', url: 'https://10.0.0.1:8444/', ready: true, holds: [fingerprint] })
const asked = JSON.stringify(leader)
const list = JSON.stringify({ reservations: [{ uid: 'x' }, 'y'] })
const routes = [
  { name: 'the text of an answer as it is', path: '/mutate', body: review('a'), options: { review: async () => '{"é": 1}' }, want: { status: 200, text: '{"é": 1}' } },
  { name: '421 and whom it takes for the leader', path: '/mutate', body: review('a'), options: { review: () => ({ leader }) }, want: { status: 421, text: `{"leader":${asked}}` } },
  { name: '421 when it knows no leader', path: '/mutate', body: review('a'), options: { review: () => ({ leader: undefined }) }, want: { status: 421, text: '{}' } },
  { name: '500 when deciding fails', path: '/mutate', body: review('a'), options: { review: () => { throw new Error('secret') } }, want: { status: 500, text: '{"error":"internal-error","message":"it failed inside; the log of Versprei says why"}' } },
  {
    name: 'the other followers to a hello', path: '/hello', body: hello, options: { hello: () => ({ peers: [{ identity: 'b', url: 'https://b:1' }] }) },
    want: { status: 200, text: '{"peers":[{"identity":"b","url":"https://b:1"}]}' },
  },
  { name: '421 to a hello when it does not lead', path: '/hello', body: hello, options: { hello: () => ({ leader }) }, want: { status: 421, text: `{"leader":${asked}}` } },
  { name: '204 when it leads now', path: '/lead', body: asked, options: {}, want: { status: 204, text: '' } },
  { name: '409 when it cannot lead', path: '/lead', body: asked, options: { lead: async () => 'not-ready' as const }, want: { status: 409, text: '' } },
  { name: '503 when the Lease could not be had', path: '/lead', body: asked, options: { lead: async () => 'not-taken' as const }, want: { status: 503, text: '' } },
  { name: '204 to reservations that it took', path: '/reservations', body: list, options: {}, want: { status: 204, text: '' } },
  { name: '409 to reservations that it did not take', path: '/reservations', body: list, options: { take: () => false }, want: { status: 409, text: '' } },
]
for (const { name, path, body, options, want } of routes) {
  void t.test(`${path} answers ${name}`, async t => {
    const { url } = await serve(t, options)
    t.strictSame(await createClient(t).send(url, path, body, 10_000), want)
  })
}

const requestOf = (uid: string) => {
  const { kind, namespace, operation, object } = createReview(uid).request
  return { uid, operation, kind: { group: kind.group, kind: kind.kind }, subResource: '', namespace, dryRun: false, object }
}

void t.test('what is called gets what was sent', async t => {
  const got: unknown[] = []
  const take = (value: unknown) => { got.push(value); return true as const }
  const { url } = await serve(t, { review: request => { take(request); return '{}' }, hello: value => ({ peers: [], taken: take(value) }), lead: async value => (take(value), 'taken'), take })
  const client = createClient(t)
  for (const [path, body] of [['/mutate', review('a')], ['/hello', hello], ['/lead', asked], ['/reservations', list]] as const) {
    await client.send(url, path, body, 10_000)
  }
  t.strictSame(got, [requestOf('a'), { identity: 'a', url: 'https://10.0.0.1:8444', ready: true, holds: [fingerprint] }, leader, [{ uid: 'x' }, 'y']])
})

void t.test('a version is told with a hello; one that is none is left out', async t => {
  const cases = [['0.1.0', '0.1.0'], ['1.0.0-rc.1+a', '1.0.0-rc.1+a'], ['', undefined], ['a b', undefined], ['1'.repeat(65), undefined], [7, undefined], [undefined, undefined]]
  for (const [input, want] of cases) {
    const read = readHello({ identity: 'a', url: 'https://h:1', ready: true, version: input })
    t.strictSame(read, { value: { identity: 'a', url: 'https://h:1', ready: true, ...(want !== undefined && { version: want }) } }, String(input))
  }
})

const badUrl = 'url must be https://HOST:PORT, without user, path or query, at most 300 characters'
const badHolds = 'holds must be a list of at most 64 SHA-256 fingerprints, in hexadecimal with colons'
const badIdentity = 'identity must be 1 to 300 characters, none of them a control character'
const peer = (change: object) => JSON.stringify({ identity: 'a', url: 'https://h:1', ready: true, ...change })
const badUrls = [
  'http://h:1', 'h:1', 'https://', 'https://u@h:1', 'https://u:p@h:1', 'https://h:1/x', 'https://h:1//', 'https://h:1?', 'https://h:1/?q', 'https://h:1#f',
  'https://h:1\\x', 'https://h:99999', ' https://h:1', 'https://h:1\n', `https://${'h'.repeat(300)}:1`, 7, null, undefined,
]
const bad = [
  ...badUrls.map(url => ({ path: '/lead', body: peer({ url }), want: badUrl })),
  { path: '/hello', body: peer({ url: 'http://h:1' }), want: badUrl },
  ...['', 'a\nb', 'a'.repeat(301), 7, undefined].map(identity => ({ path: '/hello', body: peer({ identity }), want: badIdentity })),
  ...['true', 1, undefined].map(ready => ({ path: '/hello', body: peer({ ready }), want: 'ready must be true or false' })),
  ...[7, [7], ['aa'], ['aa:'.repeat(32)], Array.from({ length: 65 }, () => fingerprint)].map(holds => ({ path: '/hello', body: peer({ holds }), want: badHolds })),
  ...['/hello', '/lead'].flatMap(path => ['[]', 'null', '"x"'].map(body => ({ path, body, want: 'the body must be a JSON object' }))),
  ...['{}', '[]', 'null', '{"reservations":{}}'].map(body => ({ path: '/reservations', body, want: 'the body must be a JSON object with a list "reservations"' })),
]
void t.test('bad bodies are told what they should be', async t => {
  const called = () => { t.fail('called'); return true as const }
  const { url } = await serve(t, { hello: () => ({ peers: [], called: called() }), lead: async () => (called(), 'taken'), take: called })
  const client = createClient(t)
  for (const { path, body, want } of bad) {
    const { status, text } = await client.send(url, path, body, 10_000)
    t.strictSame({ status, body: JSON.parse(text) }, { status: 400, body: { error: 'bad-request', message: want } }, `${path} ${body.slice(0, 60)}`)
  }
})

const sized = (length: number) => JSON.stringify({ reservations: ['x'.repeat(length - 21)] })
const others = [
  { path: '/mutate', body: '{"kind":"Pod"}', want: { status: 400, error: 'not-a-review' } },
  { path: '/mutate', body: '{', want: { status: 400, error: 'not-json' } },
  { path: '/mutate', body: ' '.repeat(bodyLimit + 1), want: { status: 413, error: 'too-large' } },
  { path: '/hello', body: ' '.repeat(16 * 1024 + 1), want: { status: 413, error: 'too-large' } },
  { path: '/reservations', body: sized(16 * 1024 * 1024 + 1), want: { status: 413, error: 'too-large' } },
  { path: '/nowhere', body: '{}', want: { status: 404, error: 'not-found' } },
]
for (const { path, body, want } of others) {
  void t.test(`${path} answers ${want.status} ${want.error} to ${body.length} bytes`, async t => {
    const { url } = await serve(t)
    const { status, text } = await createClient(t).send(url, path, body, 20_000)
    t.strictSame({ status, error: JSON.parse(text).error }, want)
  })
}

void t.test('16 MiB of reservations are taken', async t => {
  const { url } = await serve(t)
  t.equal((await createClient(t).send(url, '/reservations', sized(16 * 1024 * 1024), 20_000)).status, 204)
})

void t.test('a certificate that does not fit its key is refused, and the old one stays', async t => {
  const { url, server } = await serve(t)
  t.throws(() => server.useCertificate({ ...peerTls, key: nextTls.key }), { message: 'the certificate is not for this key' })
  const client = createClient(t)
  t.throws(() => client.useCertificate({ ...peerTls, key: nextTls.key }), { message: 'the certificate is not for this key' })
  t.equal((await client.send(url, '/hello', hello, 10_000)).status, 200)
})

void t.test('after a change of certificates strangers are refused as before', async t => {
  const { port, server } = await serve(t)
  server.useCertificate(nextTls)
  t.type(await sendAs(port, {}), 'string')
  t.strictSame(await sendAs(port, asPair(plainLeaf)), refused)
  t.match(await sendAs(port, peerTls, '/hello', hello), { status: 200 })
})

void t.test('closing answers what is under way', async t => {
  const began = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<string>()
  const { url, server } = await serve(t, { review: () => { began.resolve(); return gate.promise } })
  const answer = createClient(t).send(url, '/mutate', review('a'), 10_000)
  await began.promise
  const closed = server.close()
  gate.resolve('{}')
  t.strictSame(await answer, { status: 200, text: '{}' })
  await closed
})
