import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { X509Certificate } from 'node:crypto'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import { listen } from '../../../src/cli/serve/listen.ts'
import { open, readPair } from '../../admission/serving.ts'

const app = (t: Test) => {
  const made = fastify().get('/', () => 'here')
  t.teardown(() => made.close())
  return made
}

const hasIPv6 = Object.values(networkInterfaces()).some(addresses => addresses?.some(({ address }) => address === '::1'))
for (const { host, want } of [
  { host: '127.0.0.1', want: '127.0.0.1' }, { host: 'localhost', want: 'localhost' }, { host: '0.0.0.0', want: 'localhost' },
  { host: '::', want: 'localhost' }, ...hasIPv6 ? [{ host: '::1', want: '[::1]' }] : [],
]) {
  void t.test(`${host} port 0 gives a URL that answers`, async t => {
    const url = await listen(app(t), host, 0)
    t.match(url, new RegExp(`^http://${want.replaceAll(/[.[\]]/gu, String.raw`\$&`)}:\\d+$`))
    t.equal(await (await fetch(url)).text(), 'here')
  })
}

void t.test('a port that is taken is told with its address', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await t.rejects(listen(app(t), '127.0.0.1', port), { message: `cannot listen on 127.0.0.1 port ${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}` })
})

for (const code of ['EAFNOSUPPORT', 'EADDRNOTAVAIL']) {
  void t.test(`every address is every IPv4 address where there is no IPv6 (${code})`, async t => {
    const made = app(t)
    const hosts: (string | undefined)[] = []
    const url = await listen({
      server: made.server, initialConfig: made.initialConfig,
      listen: options => {
        hosts.push(options.host)
        return options.host === '::' ? Promise.reject(Object.assign(new Error('no'), { code })) : made.listen({ ...options, host: '127.0.0.1' })
      },
    }, '::', 0)
    t.same(hosts, ['::', '0.0.0.0'])
    t.match(url, /^http:\/\/localhost:\d+$/)
  })
}

void t.test('on localhost there is one listener, which a new certificate reaches', async t => {
  const fresh = fastify({ https: { ...readPair('rsa') } })
  t.teardown(() => fresh.close())
  const url = await listen(fresh, 'localhost', 0)
  t.equal(fresh.addresses().length, 1)
  fresh.server.setSecureContext(readPair('elliptic'))
  const socket = await open(t, Number(new URL(url).port), { ca: readPair('elliptic').ca })
  t.equal(new X509Certificate(socket.getPeerCertificate().raw).fingerprint256, new X509Certificate(readPair('elliptic').cert).fingerprint256)
})
