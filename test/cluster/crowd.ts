import type { Test } from 'tap'
import { callApi, createNamespace, isReady, listPods, requestApi, waitFor, type Pod } from './cluster.ts'
import { addNodes } from './control-plane.ts'
import { addSteadyNodes } from './steady-nodes.ts'
import { create, pathOf } from './resources.ts'
import { containers } from './workloads.ts'

/** Replicas of the Deployments, in turn: 25 on average. */
const sizes = [1, 5, 20, 40, 59]

/** Where they may stand, in turn: anywhere, on one node, in a pool of four, in one zone. */
const placeOf = (index: number): Readonly<Record<string, string>> => [
  {}, { 'kubernetes.io/hostname': `versprei-crowd-${Math.floor(index / 4) % 50}` }, { pool: `p${Math.floor(index / 4) % 6 + 1}` },
  { 'topology.kubernetes.io/zone': 'a' },
][index % 4] ?? {}

/** Of Deployments that select alike: nothing tells their pods apart but who owns them. */
const deployment = (name: string, replicas: number, nodeSelector: object = {}, more: object = {}, app = 'crowd') => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels: { parity: replicas % 2 === 0 ? 'even' : 'odd' } },
  spec: {
    replicas, selector: { matchLabels: { app } },
    template: { metadata: { labels: { app, own: name } }, spec: { containers, nodeSelector } }, ...more,
  },
})

const budget = (name: string, spec: object) => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec })

/** 50 more nodes. They go after the pods: what is torn down is so in the other order. */
async function addCrowdNodes(t: Pick<Test, 'teardown'>): Promise<void> {
  const names = Array.from({ length: 50 }, (_, index) => `versprei-crowd-${index}`)
  t.teardown(() => Promise.all(names.map(name => callApi('DELETE', `/api/v1/nodes/${name}`))))
  const at = { env: process.env, signal: new AbortController().signal }
  await addNodes('versprei-crowd', names.length, ['type=crowd', 'topology.kubernetes.io/zone=a,b,c'], at)
  await waitFor('the nodes are Ready', async () => {
    const { items } = await requestApi<{ readonly items: readonly Pod[] }>('GET', '/api/v1/nodes?labelSelector=type=crowd')
    return items.length === names.length && items.every(isReady)
  })
}

/** 200 Deployments over 20 namespaces, with 5,000 pods that run, and budgets. Returns the namespaces. */
export async function gather(t: Pick<Test, 'teardown'>): Promise<readonly string[]> {
  await addCrowdNodes(t)
  const namespaces = await Promise.all(Array.from({ length: 20 }, () => createNamespace(t)))
  const deployments = Array.from({ length: 200 }, (_, index) => ({ index, namespace: namespaces[index % 20] ?? '', round: Math.floor(index / 20) }))
  await Promise.all(deployments.map(({ index, namespace, round }) =>
    create(namespace, deployment(`web-${'1-'.repeat(round)}${index}`, sizes[round % 5] ?? 0, placeOf(index + round)))))
  await Promise.all(namespaces.map(async (namespace, index) => {
    const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`
    await requestApi('POST', path, { body: budget('all', { selector: { matchLabels: { app: 'crowd' } }, minAvailable: `${30 + index}%` }) })
    const own = deployments.find(one => one.namespace === namespace && one.round === index % 10)
    const name = `web-${'1-'.repeat(own?.round ?? 0)}${own?.index}`
    const selector = { matchExpressions: [{ key: 'own', operator: 'In', values: [name, 'nobody'] }] }
    const limit = index % 2 === 0 ? { maxUnavailable: '40%' } : { minAvailable: 3 }
    await requestApi('POST', path, { body: budget('own', { selector, ...limit }) })
  }))
  for (const namespace of namespaces) {
    await waitFor(`the pods of ${namespace} run`, async () => {
      const pods = await listPods(namespace)
      return pods.length === 250 && pods.every(({ status }) => status.phase === 'Running')
    }, { timeout: 600_000, interval: 2000 })
  }
  return namespaces
}

const setRunning = async (namespace: string, own: string): Promise<void> => {
  const pods = await waitFor(`the pods of ${own} have a node`, async () => {
    const found = await listPods(namespace, `own=${own}`)
    return found.length > 0 && found.every(({ spec }) => spec.nodeName !== undefined) ? found : undefined
  })
  for (const { metadata } of pods) {
    await requestApi('PATCH', `${pathOf(namespace, 'Pod', metadata.name)}/status`, {
      body: { status: { phase: 'Running' } }, contentType: 'application/strategic-merge-patch+json',
    })
  }
}

/**
 * A namespace of all that is odd: pods of an old revision beside new ones, pods without a node, pods that leave, pods that nobody controls, a
 * ReplicaSet without a Deployment. `loseNode` takes the node of two more pods away; their garbage is collected a minute later.
 */
export async function gatherOddities(t: Pick<Test, 'teardown'>): Promise<{ readonly namespace: string, readonly loseNode: () => Promise<unknown> }> {
  await addSteadyNodes(t, 'steady', ['leaving', 'lost'])
  const namespace = await createNamespace(t)
  const slowly = { minReadySeconds: 3600, progressDeadlineSeconds: 7200, strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } } }
  await create(namespace, deployment('rolling', 5, { type: 'spot' }, { strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } }))
  // Of labels that no other has: a Deployment adopts the ReplicaSet that another has left, where it selects its pods.
  await create(namespace, deployment('orphaning', 3, { type: 'spot' }, {}, 'orphaning'))
  await create(namespace, deployment('nowhere', 2, { 'no-such-label': 'x' }))
  await create(namespace, deployment('leaving', 3, { steady: 'leaving' }))
  await create(namespace, deployment('lost', 2, { steady: 'lost' }))
  const spec = { containers, nodeSelector: { type: 'spot' } }
  await create(namespace, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare', labels: { app: 'crowd' } }, spec })
  await waitReadyOf(namespace, 'rolling', 5)
  await waitReadyOf(namespace, 'orphaning', 3)
  const template = { metadata: { labels: { turn: '2' } } }
  await requestApi('PATCH', pathOf(namespace, 'Deployment', 'rolling'), { body: { spec: { ...slowly, template } } })
  await requestApi('DELETE', `${pathOf(namespace, 'Deployment', 'orphaning')}?propagationPolicy=Orphan`)
  for (const own of ['leaving', 'lost']) await setRunning(namespace, own)
  const [first] = await listPods(namespace, 'own=leaving')
  await requestApi('DELETE', pathOf(namespace, 'Pod', first?.metadata.name ?? ''))
  await waitFor('two revisions run, and the bare pod', async () => {
    const running = (await listPods(namespace)).filter(({ status }) => status.phase === 'Running').map(({ metadata }) => metadata)
    const rolling = running.filter(({ labels }) => labels?.['own'] === 'rolling')
    return new Set(rolling.map(({ labels }) => labels?.['pod-template-hash'])).size === 2 && running.some(({ name }) => name === 'bare')
  })
  return { namespace, loseNode: () => requestApi('DELETE', '/api/v1/nodes/versprei-steady-lost') }
}

const waitReadyOf = (namespace: string, own: string, count: number) => waitFor(`${own} runs`, async () => {
  const pods = await listPods(namespace, `own=${own}`)
  return pods.length === count && pods.every(({ status }) => status.phase === 'Running')
})
