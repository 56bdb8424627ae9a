import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { readPair, review, serve, type Serving } from './serving.ts'

const request = (uid: string): string => {
  const body = review(uid)
  return `POST /mutate HTTP/1.1\r\nhost: versprei\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

const open = async (t: Test, { port }: Serving): Promise<TLSSocket> => {
  const socket = connect({ port, host: '127.0.0.1', ca: readPair('rsa').ca, servername: 'localhost' })
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

/** A server, and the first thing that it counts. */
const start = async (t: Test, mayBeLate: () => boolean) => {
  const first = Promise.withResolvers<string>()
  const serving = await serve(t, {
    mayBeLate, countError: first.resolve,
    count: decision => first.resolve(decision.kind),
  })
  return { serving, first: first.promise }
}

void t.test('after a stall a review whose caller has hung up gets no seat', async t => {
  const { serving, first } = await start(t, () => true)
  // The end comes with the last byte of the review: both are read in one turn, or in two.
  const socket = await open(t, serving)
  socket.end(request('one'))
  t.equal(await first, 'not-awaited')
})

void t.test('after a stall a review whose caller waits is answered', async t => {
  const { serving, first } = await start(t, () => true)
  const socket = await open(t, serving)
  socket.write(request('two'))
  const [answer]: Buffer[] = await once(socket, 'data')
  t.match(answer?.toString(), /^HTTP\/1\.1 200 /)
  t.equal(await first, 'place')
})

void t.test('otherwise nobody looks whether the caller is there', async t => {
  const { serving, first } = await start(t, () => false)
  const socket = await open(t, serving)
  socket.end(request('three'))
  t.equal(await first, 'place')
})
