import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { writeKubeconfig } from './api-server.ts'
import { runCommand } from './run-command.ts'

const own = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8')).version
const client = { version: own, node: process.version }
const [version, webhook] = ['/version', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei']
const leaseOf = (namespace: string) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/versprei`
const uuid = '0f8b1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3'

/** Held by versprei-a; the clock of these tests stands at 2026-01-31T12:00:00Z. */
const lease = {
  metadata: {
    resourceVersion: '7',
    annotations: { 'versprei.io/version': '0.9.0', 'versprei.io/followers': JSON.stringify({ [`versprei-b_${uuid}`]: '0.8.1', 'versprei-c': '' }) },
  },
  spec: { holderIdentity: `versprei-a_${uuid}`, renewTime: '2026-01-31T11:59:58.000000Z' },
}
const registered = { 
  webhooks: [
    { name: 'other.example.com', clientConfig: { service: { namespace: 'other', name: 'other' } } },
    { name: 'pods.versprei.io', clientConfig: { service: { namespace: 'elsewhere', name: 'versprei' } } },
  ],
}
const usual = { [version]: { gitVersion: 'v1.36.3' }, [webhook]: { webhooks: [] }, [leaseOf('versprei-system')]: lease }

/** An API server with these objects; a number is an HTTP status. Without one, nothing listens. */
const startApi = async (t: Test, objects?: Readonly<Record<string, object | number>>) => {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const object = objects?.[url] ?? 404
    response.statusCode = typeof object === 'number' ? object : 200
    response.end(JSON.stringify(typeof object === 'number' ? { kind: 'Status', code: object, reason: 'No' } : object))
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  if (objects === undefined) server.close()
  else t.teardown(() => server.close())
  return { asked, port, kubeconfig: await writeKubeconfig(join(t.testdir({}), 'kubeconfig'), port) }
}

const leader = { name: 'versprei-a', version: '0.9.0', leads: true }
const followers = [{ name: 'versprei-b', version: '0.8.1', leads: false }, { name: 'versprei-c', version: 'unknown', leads: false }]

const cases: readonly {
  name: string, api?: Readonly<Record<string, object | number>>, args?: readonly string[], environment?: Readonly<Record<string, string>>
  want: { code: number, err: RegExp, kubernetes?: string, replicas?: readonly object[] }
}[] = [
  { name: 'all replicas, and the API server', api: usual, want: { code: 0, err: /^$/, kubernetes: 'v1.36.3', replicas: [leader, ...followers] } },
  {
    name: 'a Lease where the Service is', api: { ...usual, [webhook]: registered, [leaseOf('elsewhere')]: { ...lease, metadata: { resourceVersion: '1' } } },
    want: { code: 0, err: /^$/, kubernetes: 'v1.36.3', replicas: [{ ...leader, version: 'unknown' }] },
  },
  {
    name: 'a Lease where the flag says', api: { ...usual, [webhook]: registered, [leaseOf('here')]: lease }, args: ['--lease-namespace', 'here'],
    want: { code: 0, err: /^$/, kubernetes: 'v1.36.3', replicas: [leader, ...followers] },
  },
  {
    name: 'a Lease where the variable says', api: { ...usual, [webhook]: registered, [leaseOf('here')]: lease },
    environment: { VERSPREI_LEASE_NAMESPACE: 'here' }, want: { code: 0, err: /^$/, kubernetes: 'v1.36.3', replicas: [leader, ...followers] },
  },
  { name: 'a user who may not see the webhook', api: { ...usual, [webhook]: 403 }, want: { code: 0, err: /^$/, kubernetes: 'v1.36.3', replicas: [leader, ...followers] } },
  {
    name: 'no Lease', api: { [version]: { gitVersion: 'v1.30.0' } },
    want: { code: 1, err: /^versprei version: there is no Lease versprei-system\/versprei: .*\n$/, kubernetes: 'v1.30.0' },
  },
  {
    name: 'a Lease that was released', api: { ...usual, [leaseOf('versprei-system')]: { ...lease, spec: { holderIdentity: '' } } },
    want: { code: 1, err: /^versprei version: Lease versprei-system\/versprei has no holder: no replica leads\n$/, kubernetes: 'v1.36.3', replicas: [] },
  },
  {
    name: 'a leader that is gone', api: { ...usual, [leaseOf('versprei-system')]: { ...lease, spec: { ...lease.spec, renewTime: '2026-01-31T11:58:59.000000Z' } } },
    want: {
      code: 1, err: /^versprei version: Lease versprei-system\/versprei was last renewed at 2026-01-31T11:58:59.000Z: .*\n$/, kubernetes: 'v1.36.3',
      replicas: [leader, ...followers],
    },
  },
  { name: 'a user who may not get the Lease', api: { ...usual, [leaseOf('versprei-system')]: 403 }, want: { code: 1, err: /^versprei version: GET .*leases\/versprei: 403 No\n$/ } },
  { name: 'an API server that refuses', api: { [version]: 401 }, want: { code: 1, err: /^versprei version: GET .*\/version: 401 No\n$/ } },
  { name: 'nobody there', want: { code: 1, err: /^versprei version: GET .*\/version: .*ECONNREFUSED.*\n$/ } },
  { name: 'no such context', api: usual, args: ['--context', 'x'], want: { code: 1, err: /no context "x"; there are: here\n$/ } },
  { name: 'a flag that is wrong', api: usual, args: ['--lease-namespace', 'A!'], want: { code: 2, err: /^versprei version: --lease-namespace: "A!" is not a namespace.*\n$/ } },
]

void t.test('what runs in the cluster is told, or why it cannot be, and the program\'s own version always', async t => {
  for (const { name, api, args = [], environment = {}, want: { code, err, kubernetes, replicas } } of cases) {
    await t.test(name, async t => {
      const { port, kubeconfig } = await startApi(t, api)
      const ran = await runCommand(['version', '-o', 'json', '--kubeconfig', kubeconfig, ...args], { environment })
      t.match(ran, { code, err })
      t.strictSame(JSON.parse(ran.out), {
        client, ...(kubernetes !== undefined && { kubernetes: { version: kubernetes, server: `http://127.0.0.1:${port}` } }),
        ...(replicas !== undefined && { replicas }),
      })
    })
  }
})

void t.test('a table, YAML, and the client alone', async t => {
  const { asked, port, kubeconfig } = await startApi(t, usual)
  const { out } = await runCommand(['version', '--kubeconfig', kubeconfig])
  t.strictSame(out.split('\n').map(line => line.split(/ {3,}/u)), [
    ['PART', 'VERSION', 'WHERE'], ['client', own, `Node.js ${process.version}`], ['API server', 'v1.36.3', `http://127.0.0.1:${port}`],
    ['leader', '0.9.0', 'versprei-a'], ['follower', '0.8.1', 'versprei-b'], ['follower', 'unknown', 'versprei-c'], [''],
  ])
  t.match(parse((await runCommand(['version', '--kubeconfig', kubeconfig, '-o', 'yaml'])).out), { client, replicas: [leader, ...followers] })
  asked.length = 0
  const alone = await runCommand(['version', '--client', '--kubeconfig', kubeconfig, '-o', 'json'])
  t.same({ ...alone, out: JSON.parse(alone.out) }, { code: 0, out: { client }, err: '' })
  t.same(asked, [])
  t.same(await runCommand(['--version']), { code: 0, out: `${own}\n`, err: '' })
})
