import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseConfiguration } from '../../src/cli/configuration.ts'
import { environmentVariable, serveFlags } from '../../src/cli/serve-flags.ts'
import { badValues, named, oddNames, valueSets, type Names } from './chart-values.ts'
import { callApi, createNamespace, kubectl } from './cluster.ts'
import { chart, find, helm, parseManifests, podSpecOf, render, tryHelm, type Manifest, type Values } from './helm.ts'
import { standIns } from './other-definitions.ts'

const config = join(import.meta.dirname, '../../config')
const keyOf = ({ kind, metadata: { name } }: Manifest): string => `${kind} ${name}`

async function readConfig(): Promise<readonly Manifest[]> {
  const folders = ['crd', 'rbac', 'policy', 'deploy', 'webhook']
  const listFolder = async (folder: string) => (await readdir(join(config, folder))).map(name => join(config, folder, name))
  const files = (await Promise.all(folders.map(listFolder))).flat()
  return (await Promise.all(files.map(async file => parseManifests(await readFile(file, 'utf8'))))).flat()
}

const leaveOut = (object: object, ...names: readonly string[]): object =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))

/** Without labels, which are compared by themselves. */
const unlabelled = (object: Manifest): object => ({ ...object, metadata: leaveOut(object.metadata, 'labels') })

/** What README.md says of the chart's Deployment beside config's. */
function withoutDifferences(deployment: Manifest): object {
  const spec = podSpecOf(deployment)
  const containers = spec.containers.map(container => leaveOut(container, 'env', 'imagePullPolicy'))
  const template = {
    ...(deployment.spec as { readonly template: object }).template,
    spec: { ...leaveOut(spec, 'priorityClassName', 'topologySpreadConstraints'), containers },
  }
  return { ...unlabelled(deployment), spec: { ...deployment.spec, template } }
}

void t.test('with its defaults the chart applies what config/ applies, but for what its README names', async t => {
  const [ours, theirs] = [await render(), await readConfig()]
  const [there, wanted] = [ours.map(keyOf), theirs.map(keyOf)]
  t.same(there.filter(key => !wanted.includes(key)).toSorted(), ['PodDisruptionBudget versprei', 'PriorityClass versprei'])
  t.same(wanted.filter(key => !there.includes(key)), ['Namespace versprei-system'])
  for (const object of theirs.filter(({ kind }) => kind !== 'Namespace')) {
    const same = find(ours, object.kind, object.metadata.name)
    t.match(same.metadata.labels, object.metadata.labels ?? {}, `${keyOf(object)} has its labels`)
    t.match(same.metadata.labels, {
      'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'versprei', 'helm.sh/chart': /^versprei-/u,
    })
    if (object.kind === 'Deployment') continue
    const { annotations, ...metadata } = same.metadata
    const { annotations: own, ...plain } = object.metadata
    t.same(annotations, object.kind === 'CustomResourceDefinition' ? { ...own, 'helm.sh/resource-policy': 'keep' } : own)
    t.strictSame(unlabelled({ ...same, metadata }), unlabelled({ ...object, metadata: plain }), keyOf(object))
  }

  await t.test('the Deployment, too; its variables beside those of config are the defaults of the flags', async t => {
    const [deployment, plain] = [find(ours, 'Deployment'), find(theirs, 'Deployment')]
    t.strictSame(withoutDifferences(deployment), withoutDifferences(plain))
    const [env, plainEnv] = [podSpecOf(deployment).containers[0]!.env, podSpecOf(plain).containers[0]!.env]
    const names = new Set(plainEnv.map(({ name }) => name))
    t.same(env.filter(({ name }) => names.has(name)), plainEnv)
    const byDefault = serveFlags.map(({ name, default: value }) => ({ name: environmentVariable(name), value }))
    const added = env.filter(({ name }) => !names.has(name))
    t.equal(added.length, 6)
    t.same(added, added.map(({ name }) => byDefault.find(one => one.name === name)))
  })
})

void t.test('without what it does not take there is nothing of it', async t => {
  const names = (await render(valueSets['adoption off'])).map(keyOf)
  t.same(names.filter(name => /adoption|Policy/u.test(name)), [], 'no right to patch pods, and no policy for it')
  const kinds = (await render(valueSets['as little as can be'])).map(({ kind }) => kind)
  t.same(kinds.filter(kind => /Definition|Account|Priority|Budget|Policy/u.test(kind)), [])
})

void t.test('whose calls are answered: the ConfigMap is mounted where the program reads it', async t => {
  const { containers: [container], volumes } = podSpecOf(find(await render(valueSets['callers by certificate']), 'Deployment'))
  const env = Object.fromEntries(container!.env.map(({ name, value }) => [name, value]))
  t.match(env, { VERSPREI_CLIENT_CA: '/callers/ca.crt', VERSPREI_CLIENT_NAME: 'system:kube-apiserver,api-server' })
  t.match(container!['volumeMounts'], [{ name: 'certificates' }, { name: 'callers', mountPath: '/callers', readOnly: true }])
  t.match(volumes[1], { name: 'callers', configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } })
})

void t.test('its own PriorityClass is named where it is made, and nowhere else', async t => {
  const classes = async (values: Values) => {
    const objects = await render(values)
    const made = objects.filter(({ kind }) => kind === 'PriorityClass').map(({ metadata: { name } }) => name)
    return { made, used: podSpecOf(find(objects, 'Deployment'))['priorityClassName'] }
  }
  const cases = [
    { values: {}, want: { made: ['versprei'], used: 'versprei' } },
    { values: { name: 'mine' }, want: { made: ['mine'], used: 'mine' } },
    { values: { create: false }, want: { made: [], used: undefined } },
    { values: { create: false, name: 'system-cluster-critical' }, want: { made: [], used: 'system-cluster-critical' } },
  ]
  for (const { values, want } of cases) t.strictSame(await classes({ priorityClass: values }), want, JSON.stringify(values))
})

void t.test('a name that YAML could take for a number or a truth stays a name', async t => {
  const plain: Names = { account: 'name-a', secret: 'name-b', issued: 'name-c', callers: 'name-d', class: 'name-e' }
  const rendered = async (names: Names, namespace: string) => JSON.stringify(await render(named(names), namespace))
  const renamed = Object.entries({ ...plain, namespace: 'name-f' }).reduce(
    (text, [key, name]) => text.replaceAll(name, { ...oddNames, namespace: '2026' }[key as keyof Names]), await rendered(plain, 'name-f'))
  t.strictSame(JSON.parse(await rendered(oddNames, '2026')), JSON.parse(renamed))
})

void t.test('a policy of what the pods connect to lets them try their own Service, before it is resolved and behind', async t => {
  const egress = async (ports: object, allowed: object) => {
    const objects = await render({ ports, networkPolicy: { enabled: true, egress: { enabled: true, ...allowed } } })
    return find(objects, 'NetworkPolicy').spec?.['egress']
  }
  const dns = { ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }] }
  const to = [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'versprei' } } }]
  const apiServer = [{ ipBlock: { cidr: '192.0.2.1/32' } }]
  t.strictSame(await egress({ webhook: 10_250, peers: 7000 }, { apiServer, apiServerPorts: [6443] }), [
    { ports: [{ port: 6443 }], to: apiServer }, { ports: [{ port: 443 }, { port: 10_250 }, { port: 7000 }], to }, dns,
  ])
  t.strictSame(await egress({ webhook: 443 }, {}), [
    { ports: [{ port: 443 }, { port: 6443 }] }, { ports: [{ port: 443 }, { port: 8444 }], to }, dns,
  ])
})

void t.test('every set of values passes helm lint --strict, and the API server takes every object (dry run)', async t => {
  const namespace = await createNamespace(t)
  const before = await kubectl('get', 'crd', '--output=name')
  const mine = standIns.filter(({ metadata: { name } }) => !before.includes(`/${name}\n`))
  if (mine.length > 0) {
    t.teardown(() => kubectl('delete', 'crd', ...mine.map(({ metadata: { name } }) => name)))
    await kubectl('apply', '--filename=-', { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: mine }) })
    await kubectl('wait', '--for=condition=Established', '--timeout=60s', ...mine.map(({ metadata: { name } }) => `crd/${name}`))
  }
  for (const [name, values] of Object.entries(valueSets)) {
    await helm(['lint', '--strict', chart, '--namespace', namespace], values)
    const objects = await render(values, namespace)
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
    const taken = await kubectl('apply', '--server-side', '--dry-run=server', '--force-conflicts', '--filename=-', { input })
    t.equal(taken.trim().split('\n').length, objects.length, `${name}: ${objects.length} objects`)
    const env = podSpecOf(find(objects, 'Deployment')).containers[0]!.env
    const parsed = parseConfiguration({}, Object.fromEntries(env.map(variable => [variable.name, variable.value])))
    t.match(parsed, { configuration: {} }, 'and Versprei takes the variables')
  }
})

void t.test('what the API server lets in only when it is right: restricted pods, a namespace selector', async t => {
  const name = await createNamespace(t)
  await kubectl('label', 'namespace', name, 'pod-security.kubernetes.io/enforce=restricted')
  const create = async (set: string) => {
    const spec = leaveOut(podSpecOf(find(await render(valueSets[set], name), 'Deployment')), 'priorityClassName')
    const body = { metadata: { name: 'versprei' }, spec: { ...spec, serviceAccountName: 'default' } }
    return callApi('POST', `/api/v1/namespaces/${name}/pods?dryRun=All`, { body })
  }
  for (const set of ['the defaults', 'everything', 'cert-manager', 'adoption off']) t.equal((await create(set)).status, 201, set)
  const { text } = await create('the nodes\' network')
  t.match(text, /violates PodSecurity.*hostNetwork/u, 'but not in the nodes\' network, as the values say')

  const env = podSpecOf(find(await render(valueSets['everything']), 'Deployment')).containers[0]!.env
  const parsed = parseConfiguration({}, Object.fromEntries(env.map(variable => [variable.name, variable.value])))
  t.match(parsed, { configuration: { namespaceSelector: [
    { key: 'team', operator: 'In', values: ['web'] }, { key: 'stage', operator: 'NotIn', values: ['test', 'dev'] },
  ] } })
})

void t.test('the NOTES name the namespace, and what is special', async t => {
  const notes = (values: object) => helm(['install', 'versprei', chart, '--namespace', 'elsewhere', '--dry-run=client'], { ...values })
  t.match(await notes({}), /kubectl -n elsewhere rollout status deployment\/versprei/u)
  t.match(await notes(valueSets['as little as can be']!), /Adoption is off[^]*One replica alone/u)
})

for (const { name, values, says } of badValues) {
  void t.test(`${name} is refused, and why is told`, async t => {
    const { code, errors } = await tryHelm(['template', 'versprei', chart], values)
    t.equal(code, 1)
    t.match(errors.replaceAll(/\s+/gu, ' '), says)
  })
}
