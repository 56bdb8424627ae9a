import t from 'tap'
import { systemClock } from '../../../src/cluster/clock.ts'
import { readState, type Wanted } from '../../../src/cli/survey/read-state.ts'
import { createFakeCluster } from './fake-cluster.ts'

const named = (namespace: string, name: string, kind = 'Deployment', more: object = {}) =>
  ({ metadata: { namespace, name, uid: `${kind}/${namespace}/${name}`, ...more }, spec: { replicas: 2 } })
const of = (kind: string, namespace: string, name: string, group = 'apps') =>
  ({ ownerReferences: [{ apiVersion: `${group}/v1`, kind, name, uid: `${kind}/${namespace}/${name}`, controller: true }] })

const read = async (wanted: Wanted, answers: Parameters<typeof createFakeCluster>[0]) => {
  const { connection, asked } = createFakeCluster(answers)
  const counts = new Map<string, number>()
  const onRead = (resource: string, objects: number): void => void counts.set(resource, (counts.get(resource) ?? 0) + objects)
  const state = await readState(wanted, { connection, clock: systemClock, signal: new AbortController().signal, onRead })
  return {
    asked: asked.toSorted(), counts, ...state,
    pods: state.pods.map(({ name }) => name), nodes: state.nodes.map(({ name }) => name),
    owners: state.owners.map(({ kind, namespace, name, isAsked }) => `${isAsked ? '' : '(link) '}${kind} ${namespace}/${name}`),
  }
}

void t.test('all namespaces: pods, nodes, budgets, and of owners what the kinds ask for, in pages of 500', async t => {
  const { asked, owners, pods, counts, ...rest } = await read({ kinds: ['Deployment'] }, {
    '/api/v1/pods': ['a', 'b', 'c'].map(name => named('shop', name, 'Pod')),
    '/api/v1/nodes': [named('', 'n1', 'Node')],
    '/apis/apps/v1/deployments': [named('shop', 'web')],
    '/apis/apps/v1/replicasets': [named('shop', 'web-1', 'ReplicaSet', of('Deployment', 'shop', 'web')), named('shop', 'own', 'ReplicaSet')],
  })
  t.strictSame(asked, [
    '/api/v1/nodes 500', '/api/v1/pods 500', '/api/v1/pods 500', '/apis/apps/v1/deployments 500', '/apis/apps/v1/replicasets metadata 500',
    '/apis/policy/v1/poddisruptionbudgets 500',
  ])
  t.strictSame(pods, ['a', 'b', 'c'])
  t.strictSame(owners, ['(link) ReplicaSet shop/web-1', '(link) ReplicaSet shop/own', 'Deployment shop/web'])
  t.strictSame(Object.fromEntries(counts), { pods: 3, nodes: 1, deployments: 1, replicasets: 2 })
  t.strictSame(rest, { nodes: ['n1'], budgets: [], wholeKinds: ['apps/Deployment', 'apps/ReplicaSet'], areNodesKnown: true, missing: [], areAllPodsRead: true })
})

void t.test('a kind that is asked for and links to another is read once; with a selector twice, for that is of workloads', async t => {
  const answers = {
    '/apis/apps/v1/replicasets': [named('shop', 'own', 'ReplicaSet'), named('shop', 'web-1', 'ReplicaSet', of('Deployment', 'shop', 'web'))],
  }
  const kinds = ['ReplicaSet', 'Deployment'] as const
  const all = await read({ kinds }, answers)
  t.strictSame(all.asked.filter(path => path.startsWith('/apis/apps')), ['/apis/apps/v1/deployments 500', '/apis/apps/v1/replicasets 500'])
  t.strictSame(all.owners, ['ReplicaSet shop/own', '(link) ReplicaSet shop/web-1'])
  const some = await read({ kinds, selector: 'a=b' }, answers)
  t.strictSame(some.asked.filter(path => path.startsWith('/apis/apps')), [
    '/apis/apps/v1/deployments labelSelector=a=b 500', '/apis/apps/v1/replicasets labelSelector=a=b 500', '/apis/apps/v1/replicasets metadata 500',
  ])
  t.strictSame(some.wholeKinds, ['apps/ReplicaSet'], 'those without the label are not among the Deployments')
})

void t.test('some namespaces: each is asked by itself, and one that is not there is told', async t => {
  const { asked, missing } = await read({ kinds: ['StatefulSet'], namespaces: ['a', 'b'] }, { '/api/v1/namespaces/b': 404 })
  t.strictSame(asked, [
    '/api/v1/namespaces/a', '/api/v1/namespaces/a/pods 500', '/api/v1/namespaces/b', '/api/v1/namespaces/b/pods 500', '/api/v1/nodes 500',
    '/apis/apps/v1/namespaces/a/statefulsets 500', '/apis/apps/v1/namespaces/b/statefulsets 500',
    '/apis/policy/v1/namespaces/a/poddisruptionbudgets 500', '/apis/policy/v1/namespaces/b/poddisruptionbudgets 500',
  ])
  t.strictSame(missing, ['namespace b: there is none of that name'])
})

void t.test('without the right to list in the whole cluster each namespace is tried, and those that refuse are told', async t => {
  const state = await read({ kinds: ['Deployment'] }, {
    '/api/v1/pods': 403, '/apis/policy/v1/poddisruptionbudgets': 403, '/api/v1/nodes': 403,
    '/api/v1/namespaces': ['a', 'b', 'c'].map(name => named('', name, 'Namespace')),
    '/apis/apps/v1/deployments': [named('a', 'web'), named('b', 'web'), named('c', 'web')],
    '/api/v1/namespaces/a/pods': [named('a', 'p', 'Pod')], '/api/v1/namespaces/b/pods': 403, '/api/v1/namespaces/c/pods': [named('c', 'q', 'Pod')],
    '/apis/policy/v1/namespaces/b/poddisruptionbudgets': 403, '/apis/policy/v1/namespaces/c/poddisruptionbudgets': 403,
  })
  t.strictSame(state.pods, ['p', 'q'])
  t.strictSame(state.owners, ['Deployment a/web', 'Deployment c/web'], 'of one whose pods are not known nothing can be said')
  t.equal(state.areNodesKnown, false)
  t.strictSame(state.missing, [
    'nodes: you may not list them; which of them are gone, their labels and their room are not known',
    'namespace b: you may not list poddisruptionbudgets.policy, pods',
    'namespace c: you may not list poddisruptionbudgets.policy',
  ])
  t.equal(state.asked.filter(path => path.startsWith('/api/v1/namespaces ')).length, 2, 'they are listed once, in two pages of this server')
})

void t.test('where namespaces may not be listed either, that is told, and what to do', async t => {
  const { missing, owners, wholeKinds } = await read({ kinds: ['Deployment'] }, {
    '/api/v1/pods': 403, '/api/v1/namespaces': 403, '/apis/apps/v1/deployments': [named('a', 'web')], '/apis/apps/v1/replicasets': 403,
  })
  const line = 'you may not list them in the whole cluster, nor its namespaces; name those that you may look at by -n'
  t.strictSame(missing, [`pods: ${line}`, `replicasets.apps: ${line}`])
  t.strictSame({ owners, wholeKinds }, { owners: [], wholeKinds: ['apps/Deployment'] })
})

void t.test('a kind that the cluster does not have is told where it was asked for', async t => {
  const answers = { '/apis/argoproj.io/v1alpha1/rollouts': 404 }
  t.strictSame((await read({ kinds: ['Rollout'] }, answers)).missing, ['rollouts.argoproj.io: this cluster does not have them'])
  const { missing, wholeKinds } = await read({ kinds: ['Deployment'], optionalKinds: ['Rollout'] }, answers)
  t.strictSame({ missing, wholeKinds }, { missing: [], wholeKinds: ['apps/Deployment', 'apps/ReplicaSet'] })
})

void t.test('templates are kept where they are asked for', async t => {
  const deployment = { ...named('a', 'web'), spec: { replicas: 1, template: { spec: {} } } }
  const { connection } = createFakeCluster({ '/apis/apps/v1/deployments': [deployment] })
  const reading = { connection, clock: systemClock, signal: new AbortController().signal }
  const templates = async (asked: boolean) => (await readState({ kinds: ['Deployment'], templates: asked }, reading)).owners.map(({ template }) => template)
  t.strictSame([await templates(true), await templates(false)], [[{ spec: {} }], [undefined]])
})

void t.test('any other failure ends it', async t => {
  await t.rejects(read({ kinds: ['Deployment'] }, { '/api/v1/pods': 500 }), { message: 'GET /api/v1/pods: 500' })
})
