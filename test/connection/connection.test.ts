import { createServer } from 'node:http'
import { connect as connectSocket } from 'node:net'
import t, { type Test } from 'tap'
import { connect, type Connection } from '../../src/cluster/connection.ts'
import { createAuthority, kubeconfig, startApi, startPlainApi, trust } from './loopback.ts'

const authority = createAuthority()
const ping = async (connection: Connection) => (await connection.request('/ping')).json()

const open = async (t: Test, config: string): Promise<Connection> => {
  const connection = await connect({ kubeconfig: `${t.testdir({ config })}/config` })
  t.teardown(() => connection.close())
  return connection
}

// A socket is free a moment after its answer's end: a request sent in that moment opens a second one.
void t.test('50 requests one after another share a socket or two', async t => {
  const api = await startApi(t, authority)
  const connection = await open(t, kubeconfig(api.server, trust(authority), { token: 'abc' }))
  for (let left = 50; left > 0; left--) await ping(connection)
  t.equal(api.seen.length, 50)
  t.ok(api.sockets() <= 2, `${api.sockets()} sockets`)
})

void t.test('sends method, query, headers and body, below the path that the server has', async t => {
  const got: string[] = []
  const api = await startPlainApi(t, (request, response) => {
    let body = ''
    request.on('data', chunk => { body += String(chunk) })
    request.on('end', () => {
      const { accept, authorization, 'content-type': type } = request.headers
      got.push(`${request.method} ${request.url} ${accept} ${type} ${authorization} ${body}`)
      response.end('{"a":1}')
    })
  })
  const connection = await open(t, kubeconfig(`${api.server}/k8s/clusters/c-1/`, {}, { token: 'never over plain HTTP' }))
  const headers = { 'content-type': 'application/apply-patch+yaml' }
  const query = { labelSelector: 'a=b,c', limit: 5, watch: true }
  const response = await connection.request('/api/v1/nodes', { method: 'PATCH', query, headers, body: { b: 2 } })
  t.strictSame({ status: response.status, json: await response.json() }, { status: 200, json: { a: 1 } })
  await ping(connection)
  t.strictSame(got, [
    'PATCH /k8s/clusters/c-1/api/v1/nodes?labelSelector=a%3Db%2Cc&limit=5&watch=true ' +
      'application/json application/apply-patch+yaml undefined {"b":2}',
    'GET /k8s/clusters/c-1/ping application/json undefined undefined '
  ])
})

const refusals: readonly { name: string, code: number, headers?: Record<string, string>, body: string, want: object }[] = [
  {
    name: 'a Status object',
    code: 403,
    body: '{"kind":"Status","code":403,"reason":"Forbidden","message":"pods is\\nforbidden"}',
    want: {
      status: 403,
      reason: 'Forbidden',
      message: /^GET http:\/\/127\.0\.0\.1:\d+\/ping: 403 Forbidden: pods is forbidden$/,
      retryAfter: undefined
    }
  },
  {
    name: 'a time to come back',
    code: 429,
    headers: { 'retry-after': '3' },
    body: '{"reason":"TooManyRequests","message":"later"}',
    want: { status: 429, reason: 'TooManyRequests', retryAfter: 3000 }
  },
  {
    name: 'a time too far off',
    code: 503,
    headers: { 'retry-after': '86400' },
    body: '',
    want: { status: 503, reason: 'Unknown', retryAfter: 60_000, message: /: 503 Unknown$/ }
  },
  {
    name: "a proxy's page",
    code: 502,
    body: `<html>${'x'.repeat(200_000)}`,
    want: { status: 502, reason: 'Unknown', message: /: 502 Unknown: <html>x{494}…$/ }
  },
  { name: 'a redirect', code: 302, headers: { location: 'http://127.0.0.1:1/' }, body: 'null', want: { status: 302, reason: 'Unknown' } }
]
for (const { name, code, headers, body, want } of refusals) {
  void t.test(`throws what the API server said: ${name}`, async t => {
    const api = await startPlainApi(t, (_, response) => { response.writeHead(code, headers).end(body) })
    await t.rejects(ping(await open(t, kubeconfig(api.server, {}, {}))), { name: 'ClusterError', ...want })
  })
}

void t.test('throws a network fault with its cause', async t => {
  const api = await startPlainApi(t, (_, response) => {
    response.writeHead(200).write('{')
    setImmediate(() => response.socket?.resetAndDestroy())
  })
  await t.rejects(ping(await open(t, kubeconfig(api.server, {}, {}))), { reason: 'NetworkFault', status: undefined, cause: Error })
  const nobody = await open(t, kubeconfig('https://127.0.0.1:1', {}, { token: 'abc' }))
  await t.rejects(ping(nobody), {
    reason: 'NetworkFault',
    message: 'GET https://127.0.0.1:1/ping: connect ECONNREFUSED 127.0.0.1:1',
    cause: { code: 'ECONNREFUSED' }
  })
})

void t.test('does not talk to a server whose certificate another authority signed', async t => {
  const api = await startApi(t, createAuthority('stranger'))
  const connection = await open(t, kubeconfig(api.server, trust(authority), { token: 'secret-token' }))
  const error = await ping(connection).then(() => undefined, (error: unknown) => error)
  t.match(error, { reason: 'NetworkFault', message: /certificate/ })
  t.strictSame(api.seen, [])
  t.notMatch(String(error), /secret-token/)
})

void t.test('checks the name that the kubeconfig gives the server', async t => {
  const api = await startApi(t, authority)
  const config = (name: string) => kubeconfig(api.server, { ...trust(authority), 'tls-server-name': name }, {})
  await ping(await open(t, config('api.test')))
  const wrong = await connect({ kubeconfig: `${t.testdir({ wrong: config('other.test') })}/wrong` })
  t.teardown(() => wrong.close())
  await t.rejects(ping(wrong), { reason: 'NetworkFault', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } })
})

void t.test('goes through the proxy that the kubeconfig names', async t => {
  const api = await startApi(t, authority)
  const tunnels: string[] = []
  const proxy = createServer().on('connect', (request, socket) => {
    tunnels.push(request.url ?? '')
    const [host = '', port] = (request.url ?? '').split(':')
    const upstream = connectSocket(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  await new Promise<void>(resolve => { proxy.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => new Promise(resolve => proxy.close(resolve)))
  const address = proxy.address()
  const uri = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const connection = await open(t, kubeconfig(api.server, { ...trust(authority), 'proxy-url': uri }, { token: 'abc' }))
  for (let left = 9; left > 0; left--) t.strictSame(await ping(connection), { kind: 'Pong' })
  t.strictSame([...new Set(tunnels)], [`127.0.0.1:${api.port}`])
  t.ok(tunnels.length <= 2, `${tunnels.length} tunnels`)
})

void t.test('a signal ends a request, before the answer and within it', async t => {
  let answer = false
  const api = await startPlainApi(t, (_, response) => { if (answer) response.writeHead(200).write('{') })
  const connection = await open(t, kubeconfig(api.server, {}, {}))
  for (answer of [false, true]) {
    const controller = new AbortController()
    const count = api.seen.length
    const asked = connection.request('/ping', { signal: controller.signal }).then(response => {
      controller.abort(new Error('enough'))
      return response.json()
    })
    if (!answer) {
      while (api.seen.length === count) await new Promise(setImmediate)
      controller.abort(new Error('enough'))
    }
    await t.rejects(asked, { name: 'ClusterError', message: /enough/ })
  }
})

void t.test('close ends what is under way and refuses what comes after', async t => {
  const api = await startPlainApi(t, () => { void connection.close() })
  const connection = await open(t, kubeconfig(api.server, {}, {}))
  await t.rejects(ping(connection), { name: 'ClusterError', reason: 'NetworkFault' })
  await t.rejects(ping(connection), { name: 'ClusterError', reason: 'Closed' })
})
