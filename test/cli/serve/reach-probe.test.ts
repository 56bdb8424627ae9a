import { readFile } from 'node:fs/promises'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import t from 'tap'
import { probeReach } from '../../../src/cli/serve/reach-probe.ts'

const fixture = join(import.meta.dirname, '../../certificates/fixtures/elliptic')
const [cert, key] = await Promise.all(['tls.crt', 'tls.key'].map(file => readFile(join(fixture, file))))

void t.test('is reached once a handshake is completed there, and tells so once', async t => {
  let isOpen = false
  let refused = 0
  const behind = createServer({ cert: cert!, key: key! })
  // As a Service without endpoints: the connection is refused, or reset.
  const server = createTcpServer(socket => {
    socket.on('error', () => undefined)
    if (isOpen) behind.emit('connection', socket)
    else {
      refused += 1
      socket.resetAndDestroy()
      if (refused === 2) isOpen = true
    }
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.close() })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  let told = 0
  const reached = Promise.withResolvers<void>()
  const probe = probeReach({ url: `https://127.0.0.1:${port}/mutate` }, () => {
    told += 1
    reached.resolve()
  })
  t.notOk(probe.isReached())
  await reached.promise
  t.ok(probe.isReached())
  t.equal(refused, 2)
  probe.stop()
  t.equal(told, 1)
})

void t.test('what cannot be reached from here is taken for reached after a while', async t => {
  const begun = performance.now()
  const reached = Promise.withResolvers<void>()
  const probe = probeReach({ service: { namespace: 'nowhere', name: 'invalid' } }, () => reached.resolve())
  t.teardown(() => probe.stop())
  const stayAwake = setInterval(() => undefined, 1000)
  await reached.promise
  clearInterval(stayAwake)
  t.ok(performance.now() - begun >= 4900)
})
