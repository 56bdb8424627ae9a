import { rmSync, writeFileSync } from 'node:fs'
import { setImmediate as tick } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { connect, type Connection } from '../../src/cluster/connection.ts'
import { base64, createAuthority, kubeconfig, startApi, trust, type Handler } from './loopback.ts'

const authority = createAuthority()
const plugin = fileURLToPath(new URL('fixtures/exec-plugin.mjs', import.meta.url))
const later = '2199-01-01T00:00:00Z'
const past = '2001-01-01T00:00:00Z'
const ping = async (connection: Connection) => (await connection.request('/ping')).json()
/** Who asked: authorization header and certificate name. */
const callers = (seen: readonly string[]) => seen.map(line => line.replace(/ GET .*/, ''))

const opened = async (t: Test, file: string): Promise<Connection> => {
  const connection = await connect({ kubeconfig: file })
  t.teardown(() => connection.close())
  return connection
}

const users: readonly { name: string, user: object, want: string }[] = [
  { name: 'a token', user: { token: 'abc' }, want: 'Bearer abc -' },
  { name: 'a token file, before a token', user: { token: 'abc', tokenFile: 'token' }, want: 'Bearer from-file -' },
  { name: 'a token, before name and password', user: { token: 'abc', username: 'me', password: 'pw' }, want: 'Bearer abc -' },
  { name: 'name and password', user: { username: 'me', password: 'pw' }, want: `Basic ${base64('me:pw')} -` },
  { name: 'certificate data', user: certificateData('alice'), want: '- alice' },
  { name: 'certificate files beside the kubeconfig', user: { 'client-certificate': 'bob.crt', 'client-key': 'bob.key' }, want: '- bob' },
  { name: 'nothing', user: {}, want: '- -' }
]

function certificateData (name: string) {
  const { cert, key } = authority.issue(name)
  return { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) }
}

for (const { name, user, want } of users) {
  void t.test(`authenticates with ${name}`, async t => {
    const api = await startApi(t, authority)
    const bob = authority.issue('bob')
    const config = kubeconfig(api.server, { 'certificate-authority': 'ca.crt' }, user)
    const folder = t.testdir({ config, token: 'from-file\n', 'ca.crt': authority.cert, 'bob.crt': bob.cert, 'bob.key': bob.key })
    await ping(await opened(t, `${folder}/config`))
    t.strictSame(callers(api.seen), [want])
  })
}

void t.test('asks as another user where the kubeconfig says so', async t => {
  let asked: unknown
  const api = await startApi(t, authority, (request, response) => {
    asked = request.headers['impersonate-user']
    response.end('{}')
  })
  const folder = t.testdir({ config: kubeconfig(api.server, trust(authority), { token: 'abc', as: 'bob' }) })
  await ping(await opened(t, `${folder}/config`))
  t.equal(asked, 'bob')
})

void t.test('says which certificate file cannot be read', async t => {
  const folder = t.testdir({ config: kubeconfig('https://127.0.0.1:1', {}, { 'client-certificate': 'no.crt', 'client-key': 'no.key' }) })
  await t.rejects(ping(await opened(t, `${folder}/config`)), { reason: 'NoCredentials', message: /^credentials of user u: ENOENT.*no\.(crt|key)/ })
})

void t.test('trusts the authority of a context that has no user', async t => {
  const api = await startApi(t, authority)
  const folder = t.testdir({ config: kubeconfig(api.server, trust(authority), { token: 'abc' }, { user: '' }) })
  await ping(await opened(t, `${folder}/config`))
  t.strictSame(callers(api.seen), ['- -'])
})

void t.test('a token file that changes is used at once, on the same sockets; one that goes away leaves the last', async t => {
  const api = await startApi(t, authority)
  const folder = t.testdir({ config: kubeconfig(api.server, trust(authority), { tokenFile: 'token' }), token: 'one' })
  const connection = await opened(t, `${folder}/config`)
  await ping(connection)
  writeFileSync(`${folder}/token`, 'two\n')
  await ping(connection)
  writeFileSync(`${folder}/token`, '')
  await ping(connection)
  rmSync(`${folder}/token`)
  for (let left = 10; left > 0; left--) await ping(connection)
  t.strictSame(callers(api.seen), ['Bearer one -', ...Array<string>(12).fill('Bearer two -')])
  t.ok(api.sockets() <= 2, `${api.sockets()} sockets`)
})

void t.test('new certificates make one new dispatcher; the old one ends after its last request', async t => {
  const held: (() => void)[] = []
  const handle: Handler = (request, response) => {
    if (request.url === '/held') held.push(() => response.end('{"held":true}'))
    else response.end('{}')
  }
  const api = await startApi(t, authority, handle)
  const [one, two] = [authority.issue('one'), authority.issue('two')]
  const config = kubeconfig(api.server, trust(authority), { 'client-certificate': 'tls.crt', 'client-key': 'tls.key' })
  const folder = t.testdir({ config, 'tls.crt': one.cert, 'tls.key': one.key })
  const connection = await opened(t, `${folder}/config`)
  const slow = connection.request('/held').then(response => response.json())
  while (held.length === 0) await tick()
  writeFileSync(`${folder}/tls.crt`, two.cert)
  writeFileSync(`${folder}/tls.key`, two.key)
  await ping(connection)
  await ping(connection)
  t.strictSame({ callers: callers(api.seen), open: api.open() }, { callers: ['- one', '- two', '- two'], open: ['one', 'two'] })
  t.ok(api.sockets() <= 3, `${api.sockets()} sockets`)
  held[0]?.()
  t.strictSame(await slow, { held: true })
  while (api.open().includes('one')) await tick()
})

void t.test('in a cluster: token and authority from the mounted folder, renewed there', async t => {
  const other = createAuthority('renewed')
  const api = await startApi(t, authority)
  const folder = t.testdir({ token: 'one', 'ca.crt': authority.cert, namespace: 'versprei\n' })
  const connection = await connect({ inCluster: { server: api.server, folder }, home: folder })
  t.teardown(() => connection.close())
  await ping(connection)
  writeFileSync(`${folder}/token`, 'two')
  writeFileSync(`${folder}/ca.crt`, authority.cert + other.cert)
  await ping(connection)
  t.match(connection, { server: api.server, namespace: 'versprei', context: undefined })
  t.strictSame({ callers: callers(api.seen), open: api.sockets() > 1 }, { callers: ['Bearer one -', 'Bearer two -'], open: true })
})

const exec = (folder: string, expiry: string, ...more: string[]) => ({
  exec: {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: [plugin, `${folder}/count`, expiry, ...more],
    env: null,
    interactiveMode: 'Never'
  }
})

const withPlugin = async (t: Test, handle: Handler | undefined, expiry: string, ...more: string[]) => {
  const api = await startApi(t, authority, handle)
  const folder = t.testdir({ count: '' })
  writeFileSync(`${folder}/config`, kubeconfig(api.server, trust(authority), exec(folder, expiry, ...more)))
  return { api, connection: await opened(t, `${folder}/config`), folder }
}

void t.test('an exec plugin is run once while its token is good, for requests that meet too', async t => {
  const { api, connection } = await withPlugin(t, undefined, later)
  await Promise.all([ping(connection), ping(connection), ping(connection)])
  await ping(connection)
  t.strictSame(callers(api.seen), Array<string>(4).fill('Bearer exec-1-false -'))
})

void t.test('an exec plugin is run again when its token has expired', async t => {
  const { api, connection } = await withPlugin(t, undefined, past)
  await ping(connection)
  await ping(connection)
  t.strictSame(callers(api.seen), ['Bearer exec-1-false -', 'Bearer exec-2-false -'])
})

void t.test('an exec plugin is run again after a 401', async t => {
  const { api, connection } = await withPlugin(t, (request, response) => {
    response.writeHead(request.headers.authorization?.includes('exec-1') ? 401 : 200).end('{}')
  }, later)
  await t.rejects(ping(connection), { name: 'ClusterError', status: 401 })
  await ping(connection)
  t.strictSame(callers(api.seen), ['Bearer exec-1-false -', 'Bearer exec-2-false -'])
})

for (const [instead, message] of Object.entries({
  fail: /^exec plugin .*node.* of user u: login wanted$/,
  garbage: /^exec plugin .*node.* of user u: what it printed is not an ExecCredential in JSON$/
})) {
  void t.test(`says what went wrong when an exec plugin gives ${instead}, and runs it again for the next request`, async t => {
    const { api, connection } = await withPlugin(t, undefined, later, instead)
    const error: unknown = await ping(connection).then(() => undefined, (error: unknown) => error)
    t.match(error, { name: 'ClusterError', reason: 'NoCredentials', message })
    t.notMatch(`${String(error)} ${String(error instanceof Error && error.cause)}`, /secret-1/)
    await t.rejects(ping(connection), { name: 'ClusterError', reason: 'NoCredentials' })
    t.strictSame(api.seen, [])
  })
}

void t.test('names an exec plugin that is not there, with its hint', async t => {
  const user = { exec: { command: 'no-such-plugin-of-versprei', installHint: 'Get it from your cloud.' } }
  const folder = t.testdir({ config: kubeconfig('https://127.0.0.1:1', {}, user) })
  await t.rejects(ping(await opened(t, `${folder}/config`)), {
    message: 'exec plugin no-such-plugin-of-versprei of user u: not found. Get it from your cloud.'
  })
})

void t.test('after a 401 a kubeconfig that was rewritten is read again, for the same context and server only', async t => {
  const api = await startApi(t, authority, (request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer new' ? 200 : 401).end('{}')
  })
  const folder = t.testdir({ config: kubeconfig(api.server, trust(authority), { token: 'old' }) })
  const connection = await opened(t, `${folder}/config`)
  await t.rejects(ping(connection), { name: 'ClusterError', status: 401 })
  writeFileSync(`${folder}/config`, kubeconfig('https://127.0.0.1:1', {}, { token: 'new' }))
  const moved = /^the kubeconfig now names the server https:\/\/127\.0\.0\.1:1, no longer .*: restart to follow$/
  await t.rejects(ping(connection), { message: moved })
  writeFileSync(`${folder}/config`, kubeconfig(api.server, trust(authority), { token: 'new' }))
  await ping(connection)
  t.strictSame(callers(api.seen), ['Bearer old -', 'Bearer new -'])
})
