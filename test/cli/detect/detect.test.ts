import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { runCommand } from '../run-command.ts'
import { startCluster } from './cluster.ts'

const shop = { 'shop/web': ['n1', 'n1', 'n2'], 'shop/api': ['n1', 'n2', 'n3'], 'blog/site': ['n3', 'n3'] }

void t.test('workloads that share nodes, those on a single one first', async t => {
  const { detect, asked } = await startCluster(t, shop)
  t.strictSame(await detect([]), {
    code: 0,
    out: `NAMESPACE   WORKLOAD               STANDS         PODS   NODES   SURVIVES   SHARED NODES
blog        deployment.apps/site   single node    2      1       0 nodes    n3: 2
shop        deployment.apps/web    shares nodes   3      2       1 node     n1: 2

1 of 3 workloads stands on a single node; 1 shares nodes
`,
    err: '',
  })
  t.same(new Set(asked.map(one => one.split(' ')[0])), new Set(['GET']), 'it only reads')
})

void t.test('as json and yaml: the whole survey', async t => {
  const { detect } = await startCluster(t, { 'shop/web': ['n1', 'n1', 'n2'] })
  const want = {
    findings: [{
      workload: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }, wanted: 3, pods: 3, revisions: 1,
      byNode: [{ domain: 'n1', pods: ['web-1-0', 'web-1-1'] }, { domain: 'n2', pods: ['web-1-2'] }],
      shared: [{ domain: 'n1', pods: ['web-1-0', 'web-1-1'] }], isOnSingleNode: false,
      apart: { pending: [], leaving: [], finished: [], nodeGone: [] },
      nodes: { domains: 2, untilNone: 1, untilTooFew: { least: 2, by: '--min-available', losses: 0 } },
      topology: { key: 'topology.kubernetes.io/zone', domains: 1, untilNone: 0, untilTooFew: { least: 2, by: '--min-available', losses: 0 }, unlabelled: 0 },
    }],
    unassigned: { orphans: [], otherKinds: 0 },
    missing: [],
  }
  const flags = ['--topology', 'topology.kubernetes.io/zone', '--min-available', '50%', '-o']
  t.strictSame(JSON.parse((await detect([...flags, 'json'])).out), want)
  t.strictSame(parse((await detect([...flags, 'yaml'])).out), want)
})

void t.test('into a file, in the format of its ending', async t => {
  const { detect, kubeconfig } = await startCluster(t, shop)
  const folder = dirname(kubeconfig)
  t.strictSame(await detect(['-o', `${folder}/shop.json`], { screen: { columns: 80, rows: 24 }, environment: { FORCE_COLOR: '1' } }), { code: 0, out: '', err: '' })
  t.equal(JSON.parse(await readFile(`${folder}/shop.json`, 'utf8')).findings.length, 3)
  await detect(['-o', `${folder}/shop.html`])
  t.match(await readFile(`${folder}/shop.html`, 'utf8'), /^<!doctype html>/u)
  const { code, err } = await detect(['-o', `${folder}/no/shop.json`])
  t.equal(code, 2)
  t.match(err, /^versprei detect: \S+\/no\/shop\.json cannot be written: \S+\/no: ENOENT\n$/u)
})

void t.test('exit code 1 where a workload is as it must not be', async t => {
  const { detect } = await startCluster(t, shop)
  const run = async (...conditions: readonly string[]) => {
    const { code, err } = await detect(conditions.flatMap(one => ['--fail-on', one]))
    return `${code} ${err}`
  }
  const told = 'versprei detect: --fail-on'
  t.equal(await run('shared'), `1 ${told} shared: Deployment blog/site, and 1 more\n`)
  t.equal(await run('single-node'), `1 ${told} single-node: Deployment blog/site\n`)
  t.equal(await run('tolerates<2'), `1 ${told} tolerates<2: Deployment blog/site, and 1 more\n`)
  t.equal(await run('tolerates<3'), `1 ${told} tolerates<3: Deployment blog/site, and 2 more\n`)
  t.equal(await run('single-node,tolerates<1'), `1 ${told} single-node: Deployment blog/site\n${told} tolerates<1: Deployment blog/site\n`)
  const { detect: good } = await startCluster(t, { 'shop/api': ['n1', 'n2', 'n3'] })
  t.strictSame((await good(['--fail-on', 'shared', '--fail-on', 'tolerates<2'])).code, 0)
  t.strictSame((await good(['--fail-on', 'tolerates<3'])).code, 1)
})

void t.test('what may not be read is told, the rest shown, and the exit code is 1', async t => {
  const { detect, answers, lists } = await startCluster(t, shop)
  lists.delete('/api/v1/nodes')
  answers.set('/api/v1/nodes', { code: 403, reason: 'Forbidden' })
  answers.set('/apis/policy/v1/poddisruptionbudgets', { code: 403, reason: 'Forbidden' })
  answers.set('/api/v1/namespaces', { code: 403, reason: 'Forbidden' })
  const { code, out, err } = await detect(['-o', 'name'])
  t.equal(out, 'deployment.apps/site -n blog\ndeployment.apps/web -n shop\n')
  t.equal(code, 1)
  const missing = [
    'poddisruptionbudgets.policy: you may not list them in the whole cluster, nor its namespaces; name those that you may look at by -n',
    'nodes: you may not list them; which of them are gone, their labels and their room are not known',
  ]
  t.equal(err, missing.map(line => `versprei detect: not read: ${line}\n`).join(''))
  t.strictSame(JSON.parse((await detect(['-o', 'json'])).out).missing, missing)
})

void t.test('-n, --kind and -l choose: several times, or with commas, and kinds as kubectl takes them', async t => {
  const { detect, asked } = await startCluster(t, shop)
  await detect(['-n', 'shop, blog', '-n', 'shop', '--kind', 'statefulsets,JOB', '--kind', 'Rollout', '-l', 'app=web,tier!=db'])
  const lists = asked.map(one => one.split('/').slice(-3).join('/')).filter(one => one.startsWith('namespaces/')).toSorted()
  t.same(lists, ['blog', 'shop'].flatMap(name => ['jobs', 'poddisruptionbudgets', 'pods', 'rollouts', 'statefulsets', 'replicasets']
    .map(resource => `namespaces/${name}/${resource}`)).toSorted())
})

void t.test('a selector that is none is the API server\'s to explain', async t => {
  const { detect, answers, lists } = await startCluster(t, shop)
  lists.delete('/apis/apps/v1/deployments')
  answers.set('/apis/apps/v1/deployments', { code: 400, reason: 'BadRequest' })
  const { code, out, err } = await detect(['-l', 'a in b'])
  t.same({ code, out }, { code: 2, out: '' })
  t.match(err, /^versprei detect: -l "a in b" is no selector of labels: GET http:\S+\/deployments: 400 BadRequest: no: BadRequest\n$/u)
})

void t.test('an API server that fails in between: one line, exit code 2', async t => {
  const { detect, answers, lists } = await startCluster(t, shop)
  lists.delete('/api/v1/pods')
  answers.set('/api/v1/pods', { code: 500, reason: 'InternalError' })
  const { code, out, err } = await detect([])
  t.same({ code, out }, { code: 2, out: '' })
  t.match(err, /^versprei detect: GET http:\S+\/api\/v1\/pods: 500 InternalError: no: InternalError\n$/u)
})

void t.test('--kubeconfig is the same as --file, and KUBECONFIG is looked at without either', async t => {
  const { kubeconfig } = await startCluster(t, shop)
  const { out } = await runCommand(['detect', '--file', kubeconfig])
  t.equal((await runCommand(['detect', '--kubeconfig', kubeconfig])).out, out)
  t.equal((await runCommand(['detect'], { environment: { KUBECONFIG: kubeconfig } })).out, out)
  const home = t.testdir({ '.kube': { config: await readFile(kubeconfig, 'utf8') } })
  const inPod = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' }
  t.equal((await runCommand(['detect'], { environment: { HOME: home, ...inPod } })).out, out, 'a pod\'s own cluster comes last')
  t.strictSame(await runCommand(['detect', '--file', kubeconfig, '--kubeconfig', 'other']),
    { code: 2, out: '', err: 'versprei detect: --file and --kubeconfig are the same, and name two files; leave one of them out\n' })
})

void t.test('a flag that is wrong is told with what would be right', async t => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--kind', 'Pod'], /'Pod' is invalid\. It must be Deployment, StatefulSet, ReplicaSet, Job, CronJob, Rollout; several have commas/u],
    [['--fail-on', 'tolerates'], /It must be shared, single-node or tolerates<N, N from 1\. To a shell < is a sign of its own: put it in quotes/u],
    [['--fail-on', 'all'], /It must be shared, single-node or tolerates<N, N from 1\.\n/u],
    [['--min-available', '101%'], /It must be a number of pods, or a share from 0% to 100%\./u],
    [['--min-available', '-1'], /It must be a number of pods/u],
    [['--topology', 'a/b/c'], /is not a label key/u],
    [['-n', 'Shop'], /is not a namespace/u],
    [['-n', 'shop,'], /A name is missing\./u],
    [['-o', 'xml'], /It must be table, json, yaml, csv, markdown, name, html, or a file that ends in/u],
  ]
  for (const [args, want] of cases) {
    const { code, out, err } = await runCommand(['detect', ...args])
    t.same({ code, out }, { code: 2, out: '' }, args.join(' '))
    t.match(err, want)
  }
})
