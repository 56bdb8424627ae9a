import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import pino from 'pino'
import { Registry } from 'prom-client'
import t, { type Test } from 'tap'
import { boundConnections, sideConnectionBudget } from '../../src/admission/connection-budget.ts'
import { createOperationsServer } from '../../src/admission/operations.ts'
import { peerTls, portOf, serve as servePeers } from './peering.ts'
import { readPair } from './serving.ts'

/** A server that has room for so many connections; each client has a name, by which it is told who was closed. */
async function serve(t: Test, budget: number) {
  const server = createServer({ ...readPair('elliptic') }, (_request, response) => response.end('x'))
  const closed: (number | undefined)[] = []
  boundConnections(server, ({ remotePort }: Socket) => closed.push(remotePort), budget)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port ?? 0 : 0
  const open = async (): Promise<TLSSocket> => {
    const socket = connect({ port, host: '127.0.0.1', ca: readPair('elliptic').ca, servername: 'localhost', checkServerIdentity: () => undefined })
    t.teardown(() => socket.destroy())
    await once(socket.on('error', () => undefined), 'secureConnect')
    return socket
  }
  const ask = async (socket: TLSSocket): Promise<void> => {
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'data')
  }
  return { server, port, open, ask, closed, hear: (socket: TLSSocket) => (socket.destroyed ? undefined : once(socket, 'close')) }
}

/** So many connections that say nothing, one after another. */
async function knock(t: Test, port: number, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = []
  t.teardown(() => { for (const socket of sockets) socket.destroy() })
  while (sockets.length < count) {
    const socket = connectPlain(port, '127.0.0.1').on('error', () => undefined)
    await once(socket, 'connect')
    sockets.push(socket)
  }
  return sockets
}

void t.test('of too many connections the oldest that never asked is closed, and then who asked longest ago', async t => {
  const { open, ask, closed, hear } = await serve(t, 4)
  const asking = await open()
  await ask(asking)
  const [first, second] = [await open(), await open()]
  const [firstPort, secondPort] = [first.localPort, second.localPort]
  const fourth = await open()
  t.same(closed, [], 'there is room for four')
  await ask(fourth)
  const fifth = await open()
  await hear(first)
  t.same(closed, [firstPort])
  await ask(fifth)
  const sixth = await open()
  await hear(second)
  t.same(closed, [firstPort, secondPort])
  await ask(sixth)
  const [askingPort, sixthPort] = [asking.localPort, sixth.localPort]
  await ask(asking)
  const seventh = await open()
  await hear(fourth)
  t.equal(closed.length, 3)
  t.notOk(closed.includes(askingPort) || closed.includes(sixthPort), 'who asked of late is answered still')
  for (const socket of [asking, fifth, sixth, seventh]) await ask(socket)
})

void t.test('those that never shake hands count, and what is closed leaves room', async t => {
  const { open, ask, closed, port, server } = await serve(t, 2)
  const one = await open()
  await ask(one)
  const arrived = once(server, 'connection')
  const mute = connectPlain(port, '127.0.0.1').on('error', () => undefined)
  t.teardown(() => mute.destroy())
  const [seen]: Socket[] = await arrived
  const mutePort = mute.localPort
  await ask(await open())
  t.same(closed, [mutePort], 'there was no room for it')
  const left = once(server, 'connection')
  await open()
  const [last]: Socket[] = await left
  t.equal(seen?.destroyed, true)
  t.equal(closed.length, 2)
  const room = once(last!, 'close')
  last!.destroy()
  await room
  await ask(await open())
  t.equal(closed.length, 2, 'there was room')
})

void t.test('whoever comes and goes takes no room, whichever end closes', async t => {
  const { open, ask, closed, server } = await serve(t, 2)
  const staying = await open()
  await ask(staying)
  for (const header of ['connection: close\r\n', '']) {
    for (let turn = 0; turn < 5; turn += 1) {
      const arrived = once(server, 'connection')
      const socket = await open()
      const [seen]: Socket[] = await arrived
      const left = once(seen!, 'close')
      socket.write(`GET / HTTP/1.1\r\nhost: x\r\n${header}\r\n`)
      await once(socket, 'data')
      if (header === '') socket.end()
      await left
    }
  }
  await ask(staying)
  t.same(closed, [])
})

void t.test('without TLS, too, who asks is kept and the oldest that never asked is closed', async t => {
  const server = createPlainServer((_request, response) => response.end('x'))
  const closed: (number | undefined)[] = []
  boundConnections(server, ({ remotePort }: Socket) => closed.push(remotePort), 2)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const [asking] = await knock(t, portOf(server), 1)
  asking!.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(asking!, 'data')
  const [first, second] = await knock(t, portOf(server), 2)
  const firstPort = first!.localPort
  await knock(t, portOf(server), 1)
  for (const socket of [first, second]) if (!socket!.closed) await once(socket!, 'close')
  t.equal(closed.length, 2)
  t.equal(closed[0], firstPort)
  asking!.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  t.match(String((await once(asking!, 'data'))[0]), /200 OK/)
})

const sides = [
  {
    port: 'peers',
    serve: async (t: Test) => {
      const { server, port, logged } = await servePeers(t)
      const asker = connect({ port, host: '127.0.0.1', ...peerTls, servername: 'peer.versprei.io' })
      return { server: server.app.server, asker, logged }
    },
  },
  {
    port: 'metrics and probes',
    serve: async (t: Test) => {
      const logged: object[] = []
      const log = pino({ base: null, timestamp: false }, { write: (line: string) => { logged.push(JSON.parse(line)) } })
      const app = createOperationsServer({ registry: new Registry(), unready: () => [], more: async () => '', log, elapsed: () => 0 })
      await app.listen({ host: '127.0.0.1', port: 0 })
      t.teardown(() => app.close())
      return { server: app.server, asker: connectPlain(portOf(app.server), '127.0.0.1'), logged }
    },
  },
]
for (const { port, serve } of sides) {
  void t.test(`the port for ${port} keeps its budget of connections: of more the oldest that never asked goes, and is told of once`, async t => {
    const { server, asker, logged } = await serve(t)
    t.teardown(() => asker.destroy())
    const ask = async (): Promise<string> => {
      asker.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
      const [answer]: Buffer[] = await once(asker, 'data')
      return String(answer).slice(0, 'HTTP/1.1'.length)
    }
    t.equal(await ask(), 'HTTP/1.1')
    const [first, second] = await knock(t, portOf(server), 2)
    const gone = Promise.all([once(first!, 'close'), once(second!, 'close')])
    await knock(t, portOf(server), sideConnectionBudget - 1)
    await gone
    t.equal(await new Promise((resolve, reject) => {
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
    }), sideConnectionBudget)
    t.match(logged, [{ level: 40, msg: `closed connections to the port for ${port}: 500 are open at once, and more came`, address: '127.0.0.1' }])
    t.equal(logged.length, 1)
    t.equal(await ask(), 'HTTP/1.1', 'on the connection that it had')
  })
}
