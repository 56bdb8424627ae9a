import { createServer } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { writeKubeconfig } from '../api-server.ts'
import { runCommand, type Given, type Ran } from '../run-command.ts'

/** A slow machine is told of what is being read, too: not here. */
const plan = async (args: readonly string[], given?: Given): Promise<Ran> => {
  const ran = await runCommand(['plan', ...args], given)
  return { ...ran, err: ran.err.replaceAll(/^versprei plan: reading: .*\n/gmu, '') }
}

type Objects = Readonly<Record<string, readonly object[] | number>>

/** An API server with these lists, by path; a number is a refusal, what is not there is not known. */
const startCluster = async (t: Test, lists: Objects): Promise<string> => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://loopback')
    const items = lists[pathname]
    response.setHeader('content-type', 'application/json')
    if (pathname === '/version') response.end('{}')
    else if (Array.isArray(items)) response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items }))
    else {
      response.statusCode = typeof items === 'number' ? items : 404
      response.end(JSON.stringify({ kind: 'Status', reason: 'No', message: 'no' }))
    }
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return writeKubeconfig(join(t.testdir({}), 'kubeconfig'), typeof address === 'object' && address !== null ? address.port : 0)
}

const node = (name: string, type: string) => ({
  metadata: { name, uid: name, labels: { type, 'topology.kubernetes.io/zone': name.slice(-1) } }, spec: {},
  status: { allocatable: { cpu: '4', pods: '110' }, conditions: [{ type: 'Ready', status: 'True' }] },
})
const template = (app: string) => ({ metadata: { labels: { app, 'pod-template-hash': 'abc' } }, spec: { containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }] } })
const deployment = (name: string) => ({ metadata: { name, namespace: 'shop', uid: `d-${name}` }, spec: { replicas: 3, template: template(name) } })
const revision = (name: string) => ({
  metadata: {
    name: `${name}-abc`, namespace: 'shop', uid: `r-${name}`,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: `d-${name}`, controller: true }],
  },
  spec: { replicas: 3, template: template(name) },
})
const pod = (app: string, index: number, nodeName: string, marks: { readonly labels?: object, readonly annotations?: object } = {}) => ({
  metadata: {
    name: `${app}-abc-${index}`, namespace: 'shop', uid: `${app}-${index}`,
    labels: { ...template(app).metadata.labels, ...marks.labels }, annotations: marks.annotations ?? {},
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${app}-abc`, uid: `r-${app}`, controller: true }],
  },
  spec: { ...template(app).spec, nodeName }, status: { phase: 'Running' },
})
const seated = (index: number, group: string) => ({
  labels: { 'versprei.io/distributor': 'split', 'versprei.io/group': group },
  annotations: { 'versprei.io/seat': `${index}`, 'versprei.io/admission': `review-${index}` },
})
const distributor = {
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'split', namespace: 'shop' },
  spec: {
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    distribution: [{ name: 'regular', nodeLabel: { type: 'default' }, weight: 2 }, { name: 'spot', nodeLabel: { type: 'spot' }, weight: 1 }],
  },
}

const cluster: Objects = {
  '/api/v1/nodes': [node('regular-a', 'default'), node('regular-b', 'default'), node('spot-a', 'spot')],
  '/api/v1/pods': [
    pod('web', 0, 'regular-a', seated(0, 'regular')), pod('web', 1, 'spot-a', seated(1, 'spot')), pod('web', 2, 'regular-b', seated(2, 'regular')),
    pod('own', 0, 'spot-a'), pod('own', 1, 'spot-a'),
  ],
  '/apis/apps/v1/deployments': [deployment('web'), deployment('own')], '/apis/apps/v1/replicasets': [revision('web'), revision('own')],
  '/apis/apps/v1/statefulsets': [], '/apis/batch/v1/jobs': [], '/apis/policy/v1/poddisruptionbudgets': [],
  '/apis/versprei.versprei.io/v1beta1/poddistributors': [distributor],
}

void t.test('what a loss leaves of the workloads that distributors place, or of all', async t => {
  const kubeconfig = await startCluster(t, cluster)
  const ran = (...args: readonly string[]) => plan(['--kubeconfig', kubeconfig, ...args])
  t.strictSame(await ran('--lose', 'group=spot'), {
    code: 0, err: '',
    out: `lost: group=spot: 1 of 3 nodes (spot-a)

NAMESPACE   WORKLOAD         DISTRIBUTOR   PODS   LEFT   FIT   WAIT   UNSURE   GROUPS                  WHY
shop        Deployment/web   split         3      2      0     1      0        regular 2→2, spot 1→0   1 waits: group spot has no node left

1 workload, none without a pod at once; of 3 pods 2 are left at once, 0 fit elsewhere, 1 wait
`,
  })
  const all = JSON.parse((await ran('--lose', 'zone=a', '--lose', 'node=regular-a', '--all', '-o', 'json')).out)
  t.match(all, { lose: ['zone=a', 'node=regular-a'], nodes: ['regular-a', 'spot-a'], ofNodes: 3, goneForGood: [] })
  t.same(all.workloads.map((one: Readonly<Record<string, unknown>>) => [one['distributor'] ?? null, one['pods'], one['left'], one['fit'], one['wait']]), [
    [null, 2, 0, 2, 0], ['split', 3, 1, 1, 1],
  ])
  t.strictSame(parse((await ran('--lose', 'zone=a', '--lose', 'node=regular-a', '--all', '-o', 'yaml')).out), all)
  t.match(await ran('--lose', 'type=spot', '-n', 'elsewhere'), { code: 0, out: /^lost: type=spot: 1 of 3 nodes \(spot-a\)\n\n0 workloads/u })
})

void t.test('pods that do not run are told apart, and so are those that nobody replaces', async t => {
  const pods = [pod('web', 0, 'regular-a'), { ...pod('web', 1, 'spot-a'), status: { phase: 'Pending' } }, pod('lost', 0, 'regular-a')]
  const { out } = await plan(['--kubeconfig', await startCluster(t, { ...cluster, '/api/v1/pods': pods }), '--lose', 'node=regular-a'])
  t.match(out, /Deployment\/web +split +1 +0 +1 +0 +0 /u)
  t.match(out, /; of 1 pod 0 are left at once, 1 fit elsewhere, 0 wait; 1 more did not run before\n1 pod without a controller would be gone for good: shop\/lost-abc-0\n$/u)
})

void t.test('what a cluster says does nothing to a terminal, and forges no row', async t => {
  const tainted = { ...node('regular-b', 'default'), spec: { taints: [{ key: 'a\u001B[2J\nb', effect: 'NoSchedule' }] } }
  const nodes = [node('regular-a', 'default'), tainted, node('spot-a', 'spot')]
  const { out } = await plan(['--kubeconfig', await startCluster(t, { ...cluster, '/api/v1/nodes': nodes }), '--lose', 'node=regular-a'])
  t.match(out, / 1 waits: 1 node with taint a\\x1b\[2J\\x0ab\n\n1 workload, /u)
})

void t.test('what there is not to lose is said, and what there is', async t => {
  const kubeconfig = await startCluster(t, cluster)
  const cases = [
    { args: ['--lose', 'zone=c'], err: '--lose zone=c: no node is that; known: a, b' },
    { args: ['--lose', 'group=blue'], err: '--lose group=blue: no node is that; known: regular, spot' },
    { args: ['other', '--lose', 'group=spot'], err: 'there is no PodDistributor other; known: shop/split' },
  ]
  for (const { args, err } of cases) {
    t.strictSame(await plan(['--kubeconfig', kubeconfig, ...args]), { code: 1, out: '', err: `versprei plan: ${err}\n` })
  }
})

void t.test('what is used wrongly is exit code 2', async t => {
  const nothing = 'a folder of manifests has no pods that could be lost; --lose asks a cluster: leave one of them out'
  const cases = [
    { args: ['--lose', 'spot'], err: /It must be group=NAME, zone=NAME, node=NAME, or a node label KEY=VALUE\./u },
    { args: ['--lose', 'group=spot', '--replicas', '3'], err: /'--lose <WHAT>' cannot be used with option '--replicas <N>'/u },
    { args: ['--all'], err: /'--all' goes with '--lose <WHAT>' alone/u },
    { args: ['--lose', 'group=spot', '--manifests', '.'], err: new RegExp(`^versprei plan: --manifests: ${nothing}\n$`, 'u') },
    { args: ['--lose', 'group=spot'], environment: { VERSPREI_MANIFESTS: '.' }, err: new RegExp(`^versprei plan: VERSPREI_MANIFESTS: ${nothing}\n$`, 'u') },
    { args: ['--lose', 'group=spot', '--kubeconfig', '/no/such/file'], err: /kubeconfig \/no\/such\/file cannot be read/u },
  ]
  for (const { args, err, environment } of cases) t.match(await plan([...args], { environment }), { code: 2, out: '', err }, args.join(' '))
})

void t.test('what may not be read is said: exit code 1; without the nodes there is no answer', async t => {
  const blind = await startCluster(t, { ...cluster, '/api/v1/nodes': 403 })
  t.match(await plan(['--kubeconfig', blind, '--lose', 'group=spot']), { code: 1, out: '', err: /not read: nodes: .*\n.*without the nodes nothing can be foreseen\n$/u })
  const partly = await startCluster(t, { ...cluster, '/apis/apps/v1/statefulsets': 403 })
  const ran = await plan(['--kubeconfig', partly, '--lose', 'group=spot'])
  t.match(ran, { code: 1, out: /Deployment\/web/u, err: /^versprei plan: not read: statefulsets\.apps: [^\n]*\n$/u })
  const distributors = '/apis/versprei.versprei.io/v1beta1'
  const refused = {
    ...cluster, '/api/v1/namespaces': [{ metadata: { name: 'shop' } }, { metadata: { name: 'kept' } }],
    [`${distributors}/poddistributors`]: 403, [`${distributors}/namespaces/shop/poddistributors`]: [distributor], [`${distributors}/namespaces/kept/poddistributors`]: 403,
  }
  t.match(await plan(['--kubeconfig', await startCluster(t, refused), '--lose', 'group=spot']), {
    code: 1, out: /Deployment\/web +split +3 +2 /u, err: /^versprei plan: not read: namespace kept: you may not list poddistributors\.versprei\.versprei\.io\nversprei plan: what PodDistributors that were not read place is taken to be placed by none\n$/u,
  })
  const unknown = await startCluster(t, { ...cluster, [`${distributors}/poddistributors`]: 403 })
  t.match(await plan(['--kubeconfig', unknown, '--lose', 'node=spot-a', '--all']), {
    code: 1, out: /Deployment\/web +- +3 +2 /u, err: /^versprei plan: not read: poddistributors\.versprei\.versprei\.io: you may not list them[^\n]*\n[^\n]* placed by none\n$/u,
  })
  const without = await startCluster(t, { ...cluster, '/apis/versprei.versprei.io/v1beta1/poddistributors': 404 })
  t.match(await plan(['--kubeconfig', without, '--lose', 'node=spot-a', '--all']), { code: 0, out: /Deployment\/own +- +2 +0 +2 +0/u, err: '' })
})
