import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { base64, createAuthority, kubeconfig, startApi, trust, type Handler } from '../../connection/loopback.ts'
import { start } from '../process.ts'
import { runCommand } from '../run-command.ts'

const authority = createAuthority()
const yesterday = new Date(Date.now() - 24 * 3_600_000)

const unauthorized: Handler = (_, response) => {
  response.writeHead(401, { 'content-type': 'application/json' })
    .end(JSON.stringify({ kind: 'Status', status: 'Failure', code: 401, reason: 'Unauthorized', message: 'Unauthorized' }))
}

/** It says which version it is, and no more. */
const failing: Handler = (request, response) => {
  const code = request.url === '/version' ? 200 : 500
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify({ kind: 'Status', code, reason: 'InternalError', message: 'etcd is gone' }))
}

/** A server that takes connections and never says a word. */
const startSilent = async (t: Test): Promise<string> => {
  const sockets = new Set<{ readonly destroy: () => unknown }>()
  const server = createServer(socket => void sockets.add(socket.on('error', () => undefined)))
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return `https://127.0.0.1:${port}`
}

const plugin = (script: string) =>
  ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script], interactiveMode: 'Never' } })

interface Trouble {
  readonly name: string
  /** The kubeconfig. */
  readonly config?: string | ((t: Test) => Promise<string>)
  readonly args?: (folder: string) => readonly string[]
  readonly want: RegExp
}

const nowhere = 'https://127.0.0.1:1'
const troubles: readonly Trouble[] = [
  { name: 'a kubeconfig that is not there', args: folder => ['--kubeconfig', `${folder}/nope`], want: /^kubeconfig \S+\/nope cannot be read: ENOENT/u },
  { name: 'broken YAML', config: 'users: [{name: u', want: /^kubeconfig \S+\/config: line 1 is not valid YAML/u },
  {
    name: 'an unknown context', config: kubeconfig(nowhere, {}, {}), args: folder => ['--kubeconfig', `${folder}/config`, '--context', 'there'],
    want: /^kubeconfig \S+\/config: no context "there"; there are: here\n$/u,
  },
  { name: 'no kubeconfig at all', args: () => [], want: /^no cluster: no kubeconfig was named, there is no \S+\/\.kube\/config and this is not a pod\n$/u },
  {
    name: 'a client certificate that has ended',
    async config(t) {
      const { server } = await startApi(t, authority, unauthorized)
      const { cert, key } = authority.issue('me', yesterday)
      return kubeconfig(server, trust(authority), { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) })
    },
    want: /^GET https:\S+\/version: 401 Unauthorized: Unauthorized: the client certificate ended on \d{4}-\d\d-\d\d; get a new one\n$/u,
  },
  {
    name: 'an API server whose certificate has ended',
    config: async t => kubeconfig((await startApi(t, authority, undefined, yesterday)).server, trust(authority), {}),
    want: /^GET https:\S+\/version: the API server's certificate has expired\n$/u,
  },
  {
    name: 'an API server of another authority',
    config: async t => kubeconfig((await startApi(t, authority)).server, trust(createAuthority('other')), {}),
    want: /^GET https:\S+\/version: .*certificate/u,
  },
  { name: 'nobody who listens', config: kubeconfig(nowhere, {}, {}), want: /^GET https:\S+\/version: connect ECONNREFUSED 127\.0\.0\.1:1\n$/u },
  {
    name: 'an API server that takes the connection and never answers',
    config: async t => kubeconfig(await startSilent(t), {}, {}), want: /^https:\/\/127\.0\.0\.1:\d+: no answer within 8 s\n$/u,
  },
  {
    name: 'an API server that fails',
    config: async t => kubeconfig((await startApi(t, authority, failing)).server, trust(authority), {}), want: /^GET https:\S+: 500 InternalError: etcd is gone\n$/u,
  },
  {
    name: 'a plugin for credentials that fails', config: kubeconfig(nowhere, {}, plugin('console.error("log\\nin first"); process.exit(1)')),
    want: /^exec plugin \S+ of user u: log in first\n$/u,
  },
  {
    name: 'a plugin that is not there', config: kubeconfig(nowhere, {}, { exec: { command: 'no-such-plugin-of-versprei' } }),
    want: /^exec plugin no-such-plugin-of-versprei of user u: not found\. Is it installed, and on the PATH\?\n$/u,
  },
]

/** All of them ask a cluster in the same way. */
const commands: readonly (readonly [name: string, ...args: readonly string[]])[] = [
  ['detect'], ['status'], ['explain', 'pod/x'], ['plan', '--lose', 'node=n1'],
]

for (const { name, config = '', args = (folder: string) => ['--kubeconfig', `${folder}/config`], want } of troubles) {
  void t.test(`one line within 10 s, and exit code 2: ${name}`, async t => {
    const folder = t.testdir({ config: typeof config === 'string' ? config : await config(t) })
    await Promise.all(commands.map(async ([command, ...more]) => {
      const begin = performance.now()
      const { code, out, err } = await runCommand([command, ...more, ...args(folder)], { environment: { HOME: folder } })
      const milliseconds = performance.now() - begin
      t.strictSame({ code, out }, { code: 2, out: '' }, command)
      t.ok(milliseconds < 10_000, `${command}: ${milliseconds.toFixed(0)} ms`)
      const start = `versprei ${command}: `
      t.equal(err.slice(0, start.length), start)
      t.match(err.slice(start.length), want, command)
    }))
  })
}

void t.test('a plugin that hangs is not waited for, nor does it keep the process', async t => {
  const folder = t.testdir({ config: kubeconfig(nowhere, {}, plugin('setTimeout(() => undefined, 60_000)')) })
  const begin = performance.now()
  const { ended, stderr } = start(t, ['detect', '--file', `${folder}/config`])
  t.equal(await ended, 2)
  const milliseconds = performance.now() - begin
  t.ok(milliseconds < 55_000, `${milliseconds.toFixed(0)} ms, much of it for loading on a busy machine`)
  t.equal(stderr(), 'versprei detect: https://127.0.0.1:1: no answer within 8 s\n')
})
