import { once } from 'node:events'
import { createServer } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { connections, pipelining, type PeerClient } from '../../src/admission/peer-client.ts'
import { PeerError } from '../../src/admission/peer-error.ts'
import { answerTo, createClient, nextTls, peerTls, plainLeaf, portOf, serve, serveRaw, servingPair, strangeLeaf } from './peering.ts'
import { review } from './serving.ts'

const failureOf = async (call: Promise<unknown>): Promise<{ readonly failure: string, readonly message: string }> => {
  try {
    return { failure: 'none', message: JSON.stringify(await call) }
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    return { failure: error.failure, message: error.message }
  }
}
const mutate = (client: PeerClient, url: string, timeoutMs = 20_000) => client.send(url, '/mutate', review('a'), timeoutMs)

for (const host of ['127.0.0.1', '::1']) {
  void t.test(`a peer is reached at ${host}, though no address is in its certificate`, async t => {
    const { url } = await serve(t, {}, host)
    t.strictSame(await mutate(createClient(t), url), { status: 200, text: answerTo('a') })
  })
}

const impostors = [
  { name: 'a certificate of the peers’ authority for another use', tls: { cert: plainLeaf.certificate, key: plainLeaf.key }, want: /is not a replica’s/ },
  { name: 'the certificate that serves the API server', tls: { cert: servingPair.cert, key: servingPair.key }, want: /unable to verify|self.signed|signature/ },
  { name: 'one of an authority that calls itself the same', tls: { cert: strangeLeaf.certificate, key: strangeLeaf.key }, want: /signature|unable to/ },
]
for (const { name, tls, want } of impostors) {
  void t.test(`a server with ${name} gets no review`, async t => {
    let sent = 0
    const url = await serveRaw(t, socket => { socket.on('data', () => { sent += 1 }) }, tls)
    const { failure, message } = await failureOf(mutate(createClient(t), url))
    t.equal(failure, 'failed')
    t.match(message, want)
    t.equal(sent, 0)
  })
}

void t.test('a client that is no peer itself has an answer that says so', async t => {
  const { url } = await serve(t)
  const client = createClient(t, { cert: plainLeaf.certificate, key: plainLeaf.key, ca: peerTls.ca })
  t.match(await mutate(client, url), { status: 403, text: /not-a-peer/ })
})

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const silent = [
  { name: 'that never answers', answer: '' },
  { name: 'that stops after the headers', answer: `${head}content-length: 99\r\n\r\n` },
  { name: 'that stops within the body', answer: `${head}content-length: 99\r\n\r\n{"a":` },
]
for (const { name, answer } of silent) {
  void t.test(`a peer ${name} is given up in time`, async t => {
    const url = await serveRaw(t, socket => { socket.once('data', () => socket.write(answer)) })
    const start = performance.now()
    const got = await failureOf(mutate(createClient(t), url, 1000))
    const took = performance.now() - start
    t.strictSame(got, { failure: 'timeout', message: `POST ${url}/mutate: no answer within 1000 ms` })
    t.ok(took > 990 && took < 6000, `${took} ms`)
  })
}

void t.test('a peer that takes a connection and never shakes hands is given up in time', async t => {
  const server = createServer(socket => { socket.on('error', () => {}); t.teardown(() => socket.destroy()) }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const start = performance.now()
  const { failure } = await failureOf(mutate(createClient(t), `https://127.0.0.1:${portOf(server)}`, 100))
  t.equal(failure, 'timeout')
  t.ok(performance.now() - start < 4000)
})

void t.test('nobody at the address: refused', async t => {
  const { url, server } = await serve(t)
  await server.close()
  t.strictSame(await failureOf(mutate(createClient(t), url)), {
    failure: 'refused', message: `POST ${url}/mutate: nobody takes a connection there (ECONNREFUSED)`,
  })
})

const cuts = [
  { name: 'before the answer', answer: '' },
  { name: 'within the headers', answer: 'HTTP/1.1 200' },
  { name: 'half way through the body', answer: `${head}content-length: 99\r\n\r\n{"a":` },
  { name: 'between the chunks', answer: `${head}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n` },
]
for (const { name, answer } of cuts) {
  void t.test(`a connection cut ${name} is a failure`, async t => {
    const url = await serveRaw(t, socket => { socket.once('data', () => { socket.write(answer, () => socket.destroy()) }) })
    const { failure, message } = await failureOf(mutate(createClient(t), url))
    t.equal(failure, 'failed', message)
    t.match(message, `POST ${url}/mutate: `)
  })
}

void t.test('an answer beyond any size is not read to its end', async t => {
  const url = await serveRaw(t, socket => { socket.once('data', () => socket.write(`${head}content-length: 99999999\r\n\r\n${'x'.repeat(5 << 20)}`)) })
  t.equal((await failureOf(mutate(createClient(t), url))).failure, 'failed')
})

void t.test('an address that is none is a failure, not a throw', async t => {
  t.equal((await failureOf(mutate(createClient(t), 'nonsense'))).failure, 'failed')
})

void t.test('connections are kept: 200 calls one after the other need a few', async t => {
  const { url, state } = await serve(t)
  const client = createClient(t)
  for (let call = 0; call < 200; call += 1) await mutate(client, url)
  t.ok(state.connections <= 3, `${state.connections} connections`)
})

void t.test('calls at once share a few connections, and all are answered', async t => {
  const { url, state } = await serve(t)
  const client = createClient(t)
  const answers = await Promise.all(Array.from({ length: 300 }, () => mutate(client, url, 60_000)))
  t.ok(answers.every(({ status }) => status === 200))
  t.ok(state.connections <= connections, `${state.connections} connections`)
})

void t.test('calls whose time ran out while they waited for a connection are not sent, and cost none', async t => {
  const gate = Promise.withResolvers<string>()
  let reviews = 0
  const { url, state } = await serve(t, { review: () => { reviews += 1; return gate.promise } })
  const client = createClient(t)
  const first = Array.from({ length: connections * pipelining }, () => mutate(client, url))
  const late = await Promise.all(Array.from({ length: 40 }, () => failureOf(mutate(client, url, 20))))
  t.ok(late.every(({ failure }) => failure === 'timeout'))
  gate.resolve('{}')
  await Promise.all(first)
  await mutate(client, url)
  t.strictSame({ reviews, connections: state.connections }, { reviews: connections * pipelining + 1, connections })
})

void t.test('an answer that comes a little late leaves the connection good', async t => {
  const sockets: TLSSocket[] = []
  const url = await serveRaw(t, socket => {
    sockets.push(socket)
    socket.once('data', () => socket.on('data', () => socket.write(`${head}content-length: 2\r\n\r\n{}`)))
  })
  const client = createClient(t)
  t.equal((await failureOf(mutate(client, url, 1000))).failure, 'timeout')
  sockets[0]?.write(`${head}content-length: 2\r\n\r\n[]`)
  for (let turns = 0; turns < 10; turns += 1) await turn()
  t.strictSame(await mutate(client, url), { status: 200, text: '{}' })
  t.equal(sockets.length, 1)
})

void t.test('a connection on which no answer comes is broken off', async t => {
  const closed = Promise.withResolvers<void>()
  const url = await serveRaw(t, socket => { socket.resume().once('close', () => closed.resolve()) })
  t.equal((await failureOf(mutate(createClient(t), url, 1000))).failure, 'timeout')
  await closed.promise
})

void t.test('certificates change on both sides under calls, and none fails', async t => {
  const { url, server, state } = await serve(t)
  const client = createClient(t)
  const progress = { answered: 0, isOver: false }
  const caller = async (): Promise<void> => {
    while (!progress.isOver) {
      t.equal((await mutate(client, url)).status, 200)
      progress.answered += 1
    }
  }
  const callers = Array.from({ length: 4 }, caller)
  const goOn = async (): Promise<void> => {
    const until = progress.answered + 30
    while (progress.answered < until) await turn()
  }
  for (const tls of [nextTls, peerTls]) {
    for (const side of [server, client]) {
      await goOn()
      side.useCertificate(tls)
    }
  }
  await goOn()
  progress.isOver = true
  await Promise.all(callers)
  t.ok(state.connections > 4, 'new connections were made')
})

void t.test('an answer that came while this process stood still is taken, though its time is over', async t => {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const source = `
    const { createServer } = require('node:https')
    const { parentPort, workerData: { tls, flag } } = require('node:worker_threads')
    const server = createServer(tls, (request, response) => request.resume().on('end', () => response.end('{}', () => {
      Atomics.add(flag, 0, 1)
      Atomics.notify(flag, 0)
    })))
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`
  const worker = new Worker(source, { eval: true, workerData: { tls: { ...peerTls }, flag } })
  t.teardown(() => worker.terminate())
  const [port] = await once(worker, 'message')
  const client = createClient(t)
  const url = `https://127.0.0.1:${port}`
  await mutate(client, url)
  const turns = async (): Promise<void> => { for (let turns = 0; turns < 5; turns += 1) await turn() }
  // Until the connection is free again, and until the call is sent on it.
  while (Atomics.load(flag, 0) < 1) await turn()
  await turns()
  const answer = mutate(client, url, 50)
  await turns()
  Atomics.wait(flag, 0, 1, 20_000)
  // The answer is on its way or here; until its time is over nothing is read.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  t.strictSame(await answer, { status: 200, text: '{}' })
})

void t.test('closing ends calls under way, and later ones fail at once', async t => {
  const received = Promise.withResolvers<void>()
  const url = await serveRaw(t, socket => { socket.once('data', () => received.resolve()) })
  const client = createClient(t)
  const call = failureOf(mutate(client, url))
  await received.promise
  await client.close()
  t.equal((await call).failure, 'failed')
  t.strictSame(await failureOf(mutate(client, url)), { failure: 'failed', message: `POST ${url}/mutate: the client is closed` })
})
