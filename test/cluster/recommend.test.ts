import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'
import type { Recommendation } from '../../src/survey/recommend/recommendation.ts'
import { addPlotNodes, cordon, plotLabel } from './advice-nodes.ts'
import { anyApp, closed, host, hostname, own, survives, situations, type Situation } from './advice-situations.ts'
import { callApi, createNamespace, kubectl, listPods, requestApi, waitFor, type Pod } from './cluster.ts'
import { detect } from './detect-command.ts'
import { waitStanding } from './pod-standing.ts'
import { create, pathOf, type Manifest } from './resources.ts'

const exec = promisify(execFile)

function workloadIn({ plot, kind = 'Deployment', replicas, pod = {} }: Situation): Manifest {
  const labels = { app: 'web' }
  const container = { name: 'app', image: 'app', resources: { requests: { cpu: '500m' } } }
  return {
    apiVersion: 'apps/v1', kind, metadata: { name: 'web' },
    spec: {
      replicas, selector: { matchLabels: labels }, ...(kind === 'StatefulSet' && { serviceName: 'web', podManagementPolicy: 'Parallel' }),
      template: { metadata: { labels }, spec: { containers: [container], nodeSelector: { [plotLabel]: plot }, terminationGracePeriodSeconds: 0, ...pod } },
    },
  }
}

async function addOthers(namespace: string, { plot, others = {} }: Situation): Promise<void> {
  for (const [node, labels] of Object.entries(others)) {
    const spec = { nodeName: `${plot}-${node}`, containers: [{ name: 'app', image: 'app' }] }
    await create(namespace, { kind: 'Pod', metadata: { name: `of-nobody-${node}`, labels }, spec })
  }
}

async function fill(t: Test, plot: string, filler: Readonly<Record<string, string>>): Promise<void> {
  const namespace = await createNamespace(t)
  for (const [node, cpu] of Object.entries(filler)) {
    await create(namespace, {
      kind: 'Pod', metadata: { name: node },
      spec: { nodeName: `${plot}-${node}`, containers: [{ name: 'app', image: 'app', resources: { requests: { cpu } } }] },
    })
  }
}

/** Its pods stand together, as the situation has it; the nodes are then as they are to be. */
async function bring(t: Test, situation: Situation): Promise<string> {
  const { plot, nodes, later = [], filler = {}, needed, cordoned } = situation
  await addPlotNodes(t, plot, nodes)
  const namespace = await createNamespace(t)
  await fill(t, plot, filler)
  const budget = { selector: own.labelSelector, minAvailable: needed }
  if (needed !== undefined) await create(namespace, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web' }, spec: budget })
  await create(namespace, workloadIn(situation))
  await addOthers(namespace, situation)
  await waitStanding(namespace, allPods(situation))
  for (const { name, isCordoned = false } of nodes) if (isCordoned) await cordon(plot, name, false)
  await addPlotNodes(t, plot, later)
  if (cordoned !== undefined) await cordon(plot, cordoned, true)
  return namespace
}

/** Its own, and those of nobody. */
const allPods = ({ replicas, others = {} }: Situation): number => replicas + Object.keys(others).length

const listOwn = async (namespace: string): Promise<readonly Pod[]> =>
  (await listPods(namespace)).filter(({ metadata }) => !metadata.name.startsWith('of-nobody-'))

/** Runs the commands as they are printed, and waits until none of the pods is left that were there. */
async function follow(namespace: string, situation: Situation, commands: readonly string[]): Promise<void> {
  const { kind = 'Deployment', replicas } = situation
  const before = new Set((await listOwn(namespace)).map(({ metadata }) => metadata.uid))
  for (const command of commands) await exec('bash', ['-c', command])
  if (kind === 'ReplicaSet') {
    for (const { metadata } of await listOwn(namespace)) {
      await callApi('DELETE', `/api/v1/namespaces/${namespace}/pods/${metadata.name}`)
      await waitStanding(namespace, allPods(situation))
    }
  }
  await waitFor('every pod is made anew', async () => {
    const { status } = await requestApi<{ readonly status: { readonly updatedReplicas?: number } }>('GET', pathOf(namespace, kind, 'web'))
    const isUpdated = kind === 'ReplicaSet' || status.updatedReplicas === replicas
    return isUpdated && (await listOwn(namespace)).every(({ metadata }) => !before.has(metadata.uid))
  }, { timeout: 120_000 })
  await waitStanding(namespace, allPods(situation))
}

void t.test('a hard constraint of its own that counts pods of others, too: it stays, nothing is recommended, and why is told', async t => {
  const namespace = await bring(t, {
    name: '', plot: 'wider', replicas: 4, nodes: [host('a'), host('b', closed)], others: { b: { app: 'other' } },
    pod: { topologySpreadConstraints: [{ maxSkew: 4, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', ...anyApp }] },
    change: 'patch', promise: undefined,
  })
  const { code, findings: [found] } = await detect(['-n', namespace, '--recommend', '--verify'])
  t.equal(code, 0)
  t.strictSame(found?.recommendation?.commands, [])
  t.match(found?.recommendation?.summary, /with labelSelector of its own: that stays/u)
  t.equal(found?.recommendation?.promise, undefined)
})

for (const situation of situations) {
  void t.test(`${situation.name}: what is recommended is done, and detect reports what was promised`, async t => {
    const { kind = 'Deployment', topology, change, promise } = situation
    const namespace = await bring(t, situation)
    const args = ['-n', namespace, '--kind', kind, ...topology === undefined ? [] : ['--topology', topology]]
    const { code, findings: [found] } = await detect([...args, '--recommend', '--verify'])
    t.equal(code, 0)
    const { recommendation } = found ?? {}
    t.match(recommendation, { change: { kind: change }, trial: { result: 'accepted' } }, JSON.stringify(recommendation))
    t.strictSame(withoutNeeds(recommendation?.promise), promise)
    const earlier = await constraintsOf(namespace, kind)
    await follow(namespace, situation, recommendation?.commands ?? [])
    const { findings: [after] } = await detect(args)
    t.equal(after?.pods, situation.replicas)
    if (promise === undefined) return
    t.strictSame(after?.nodes, promise.nodes, JSON.stringify(after?.byNode))
    if (promise.topology !== undefined) t.match(after?.topology, promise.topology)
    t.strictSame((await constraintsOf(namespace, kind)).slice(0, earlier.length), earlier, 'what it asked for before, it asks for now')
  })
}

/** These workloads have no budget: a promise that speaks of one would be wrong. */
const withoutNeeds = (promise: Recommendation['promise']): unknown =>
  promise === undefined ? undefined : JSON.parse(JSON.stringify(promise))

async function constraintsOf(namespace: string, kind: string): Promise<readonly unknown[]> {
  const { spec } = await requestApi<{ readonly spec: { readonly template: Pick<Pod, 'spec'> } }>('GET', pathOf(namespace, kind, 'web'))
  const constraints = spec.template.spec['topologySpreadConstraints']
  return Array.isArray(constraints) ? constraints : []
}

void t.test('a change that the API server refuses is told with what it says, and the exit code is 1', async t => {
  const situation: Situation = {
    name: '', plot: 'policy', replicas: 3, nodes: [host('a'), host('b', closed)], change: 'patch', promise: survives(2),
  }
  const namespace = await bring(t, situation)
  const policy = `versprei-test-${namespace}`
  const admission = '/apis/admissionregistration.k8s.io/v1'
  for (const plural of ['validatingadmissionpolicies', 'validatingadmissionpolicybindings']) {
    t.teardown(() => callApi('DELETE', `${admission}/${plural}/${policy}`))
  }
  await requestApi('POST', `${admission}/validatingadmissionpolicies`, { body: {
    metadata: { name: policy },
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] }],
      },
      validations: [{ expression: '!has(object.spec.template.spec.topologySpreadConstraints)', message: 'nobody spreads here' }],
    },
  } })
  await requestApi('POST', `${admission}/validatingadmissionpolicybindings`, { body: {
    metadata: { name: policy }, spec: { policyName: policy, validationActions: ['Deny'] },
  } })
  const refused = await waitFor('the policy holds', async () => {
    const answer = await detect(['-n', namespace, '--verify'])
    return answer.findings[0]?.recommendation?.trial?.result === 'refused' && answer
  })
  t.equal(refused.code, 1)
  t.match(refused.findings[0]?.recommendation?.trial?.said, /nobody spreads here/u)
})

/** The kubeconfig of an account that may look at everything, and change nothing. */
async function openOnlooker(t: Test, namespace: string): Promise<string> {
  const name = `versprei-test-${namespace}`
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  for (const plural of ['clusterrolebindings', 'clusterroles']) t.teardown(() => callApi('DELETE', `${rbac}/${plural}/${name}`))
  await requestApi('POST', `${rbac}/clusterroles`, { body: { metadata: { name }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }] } })
  await requestApi('POST', `${rbac}/clusterrolebindings`, { body: {
    metadata: { name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  } })
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`
  const { status: { token } } = await requestApi<{ readonly status: { readonly token: string } }>('POST', path, { body: { spec: {} } })
  const { clusters } = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '--flatten', '--output=json'))
  const file = join(t.testdir({}), 'kubeconfig')
  await writeFile(file, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', clusters, users: [{ name: 'onlooker', user: { token } }], 'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: clusters[0].name, user: 'onlooker' } }],
  }), { mode: 0o600 })
  return file
}

void t.test('who may not patch is told so; the recommendation stands, and the exit code is 1', async t => {
  const situation: Situation = {
    name: '', plot: 'onlooker', replicas: 3, nodes: [host('a'), host('b', closed)], change: 'patch', promise: survives(2),
  }
  const namespace = await bring(t, situation)
  const kubeconfig = await openOnlooker(t, namespace)
  const { code, findings } = await waitFor('the rights are given', () => detect(['-n', namespace, '--verify'], kubeconfig))
  t.equal(code, 1)
  t.match(findings[0]?.recommendation, {
    promise: situation.promise, trial: { result: 'not-tried', said: `you may not patch deployments.apps in ${namespace}` },
  })
})
