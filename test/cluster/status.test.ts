import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { callApi, createNamespace, kubectl, requestApi, scale, waitFor, waitReady } from './cluster.ts'
import { distributorOf, divide } from './divide.ts'
import { classic } from './fairness.ts'
import { create, pathOf } from './resources.ts'
import { workloadOf } from './workloads.ts'

interface Status {
  readonly observedGeneration?: number
  readonly pods?: number
  readonly split?: string
  readonly wanted?: string
  readonly groups?: readonly { readonly name: string, readonly assigned: number, readonly ready: number, readonly state: string }[]
  readonly conditions?: readonly { readonly type: string, readonly status: string, readonly reason: string, readonly message: string }[]
}
interface Distributor { readonly metadata: { readonly generation: number }, readonly status?: Status }

const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

const read = (namespace: string, name = 'split') => requestApi<Distributor>('GET', pathOf(namespace, 'PodDistributor', name))

/** `True InShares` */
const conditionIn = ({ status }: Distributor, type: string): string | undefined => {
  const found = status?.conditions?.find(one => one.type === type)
  return found === undefined ? undefined : `${found.status} ${found.reason}`
}

/** Waits until a condition says so; returns the distributor. */
const waitCondition = (namespace: string, type: string, want: string, name = 'split') =>
  waitFor(`${namespace}/${name} says ${type} ${want}`, async () => {
    const found = await read(namespace, name)
    const said = conditionIn(found, type)
    if (said !== want) throw new Error(`it says ${said} ${JSON.stringify(found.status)}`)
    return found
  })

const waitPods = (namespace: string, pods: number) => waitFor(`the status of ${namespace}/split has ${pods} Ready pods`, async () => {
  const found = await read(namespace)
  const { groups = [] } = found.status ?? {}
  if (groups.reduce((sum, { ready }) => sum + ready, 0) !== pods || found.status?.pods !== pods) throw new Error(JSON.stringify(found.status))
  return found
})

void t.test('kubectl get pd tells the story, and kubectl wait waits for Balanced', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target, claims: classic })
  await create(namespace, workloadOf('Deployment', 'web', 10))
  await waitReady(namespace, 'web', 10)
  await waitPods(namespace, 10)
  await kubectl('wait', '--for=condition=Balanced', 'pd/split', '--namespace', namespace, '--timeout=30s')
  const [header = '', row = ''] = (await kubectl('get', 'pd', '--namespace', namespace)).trim().split('\n')
  t.same(header.split(/\s+/u), ['NAME', 'TARGET', 'PODS', 'SPLIT', 'WANTED', 'BALANCED', 'AGE'])
  t.same(row.split(/\s+/u).slice(0, -1), ['split', 'Deployment/web', '10', '8/2', '8/2', 'True'])

  await scale(namespace, 'deployment/web', 25)
  await waitReady(namespace, 'web', 25)
  await kubectl('wait', '--for=jsonpath={.status.pods}=25', 'pd/split', '--namespace', namespace, '--timeout=30s')
  await kubectl('wait', '--for=condition=Balanced', 'pd/split', '--namespace', namespace, '--timeout=30s')
  t.same((await waitPods(namespace, 25)).status?.groups, [
    { name: 'default', wanted: 20, assigned: 20, ready: 20, state: 'Open' }, { name: 'spot', wanted: 5, assigned: 5, ready: 5, state: 'Open' },
  ])
})

void t.test('a changed weight: observedGeneration follows, and the message says how many stand wrong', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target, claims: classic })
  await create(namespace, workloadOf('Deployment', 'web', 10))
  await waitReady(namespace, 'web', 10)
  await waitPods(namespace, 10)
  const { spec } = distributorOf({ target, claims: { default: { weight: 50, base: 0 }, spot: { weight: 50, base: 0 } } })
  await requestApi('PATCH', pathOf(namespace, 'PodDistributor', 'split'), { body: { spec } })
  const changed = await waitCondition(namespace, 'Balanced', 'False PodsStandWrong')
  t.equal(changed.metadata.generation, 2)
  t.equal(changed.status?.observedGeneration, 2)
  t.match(changed.status, { split: '8/2', wanted: '5/5' })
  t.match(changed.status?.conditions?.find(({ type }) => type === 'Balanced')?.message, /^3 pods stand wrong: default has 8, wanted 5/u)
})

void t.test('two distributors for one workload: one is conflicted and says by whom, until the other is gone', async t => {
  const namespace = await createNamespace(t)
  await create(namespace, distributorOf({ name: 'a', target, claims: classic }))
  await create(namespace, distributorOf({ name: 'b', target, claims: classic }))
  const conflicted = await waitCondition(namespace, 'Conflicted', 'True AnotherDecides', 'b')
  t.equal(conditionIn(conflicted, 'Ready'), 'False Conflicted')
  t.match(conflicted.status?.conditions?.find(({ type }) => type === 'Conflicted')?.message, /^a decides for Deployment\/web/u)
  t.equal(conditionIn(await waitCondition(namespace, 'Ready', 'True Placing', 'a'), 'Conflicted'), 'False NoConflict')
  const told = await waitFor('there is an event', async () => {
    const { items } = await requestApi<{ items: readonly { reason: string, regarding: { name: string }, note: string }[] }>(
      'GET', `/apis/events.k8s.io/v1/namespaces/${namespace}/events?fieldSelector=reason=AnotherDecides`
    )
    return items.length > 0 && items
  })
  t.match(told, [{ regarding: { name: 'b' }, note: /^a decides for Deployment\/web/u }])
  t.match(await kubectl('describe', 'pd/b', '--namespace', namespace), /Warning +AnotherDecides +.*versprei\.io\/versprei +a decides for/u)
  await callApi('DELETE', pathOf(namespace, 'PodDistributor', 'a'))
  await waitCondition(namespace, 'Ready', 'True Placing', 'b')
})

void t.test('groups that share a node, and a group without one, degrade', async t => {
  const namespace = await createNamespace(t)
  const spec = {
    target,
    distribution: [
      { name: 'regular', nodeLabel: { type: 'default' }, weight: 1 }, { name: 'zone-a', nodeLabel: { 'topology.kubernetes.io/zone': 'a' }, weight: 1 },
      { name: 'nowhere', nodeLabel: { type: 'nowhere' }, weight: 1 },
    ],
  }
  await create(namespace, { apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'split' }, spec })
  const { status } = await waitCondition(namespace, 'Degraded', 'True OverlappingGroups')
  t.match(status?.conditions?.find(({ type }) => type === 'Degraded')?.message, /is in both regular and zone-a.*; group nowhere has no node/u)
})

/** Counts how often an object changes, from now on: each event of a watch is a write. */
async function countChanges(t: Test, namespace: string): Promise<() => number> {
  const template = '--output=jsonpath={.metadata.resourceVersion}{"\\n"}'
  const watch = spawn('kubectl', ['get', 'pd/split', '--namespace', namespace, '--watch', template], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => watch.kill())
  const versions = new Set<string>()
  createInterface({ input: watch.stdout }).on('line', line => { versions.add(line) })
  await waitFor('the watch shows what there is', () => versions.size > 0)
  return () => versions.size - 1
}

void t.test('a burst of 200 pods is a handful of status writes: at most one a second', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target, claims: classic })
  await waitCondition(namespace, 'Balanced', 'True NoPods')
  const changes = await countChanges(t, namespace)
  const began = performance.now()
  await create(namespace, workloadOf('Deployment', 'web', 200))
  await waitReady(namespace, 'web', 200)
  const { status } = await waitPods(namespace, 200)
  const seconds = (performance.now() - began) / 1000
  t.same({ split: status?.split, wanted: status?.wanted }, { split: '160/40', wanted: '160/40' })
  await waitFor('the watch has seen the last', () => changes() > 0)
  t.ok(changes() <= Math.ceil(seconds) + 1, `${changes()} writes in ${seconds.toFixed(1)} s`)
})
