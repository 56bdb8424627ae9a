import t from 'tap'
import { applyPatch } from '../../src/cli/apply-patch.ts'
import { annotationRoom, fillingAnnotation } from '../golden/annotated.ts'
import { createWorkload } from '../golden/create-workload.ts'
import { mapAt, readAnswer, readGround, readReview } from '../golden/golden-set.ts'
import { classic, deployment, recordNames, type GoldenWorkload, type Json } from '../golden/workload.ts'
import { workloads } from '../golden/workloads.ts'
import { apply, countByGroup, createNamespace, listPods, metric, requestApi, waitFor, type Pod } from './cluster.ts'
import { sharedVersprei } from './versprei.ts'

const distributorLabel = 'versprei.io/distributor'
const groupLabel = 'versprei.io/group'

/** The label that the nodes of each group of distributors.yaml have, and no others. */
const nodeLabels: Readonly<Record<string, readonly [key: string, value: string]>> = {
  'type-default': ['type', 'default'], 'type-spot': ['type', 'spot'], regular: ['type', 'default'], cheap: ['type', 'spot'],
  near: ['pool', 'p1'], 'pool-p2': ['pool', 'p2'], far: ['pool', 'p6'],
}

/** Pods of these stay on their own: no admission places them. */
const leftAlone = new Set(['bare-pod', 'daemonset', 'ignored', 'labelled', 'unclaimed', 'node-name'])

const isPending = ({ stands }: GoldenWorkload) => 'counts' in stands && Object.keys(stands.counts).join() === '(pending)'

/** Once the scheduler has decided: a node, or a reason why there is none. */
const isDecided = ({ spec, status }: Pod) => spec.nodeName !== undefined
  || status.conditions?.some(({ type, status }) => type === 'PodScheduled' && status === 'False') === true

const distributors = (await readGround()).manifests.map(({ object }) => object).filter(({ kind }) => kind === 'PodDistributor')

/** A PodDistributor of the golden set, with another name and target where one is given. */
const distributorFor = (object: Json, namespace: string, target?: Json): Json => {
  const own = target === undefined ? {} : { name: target['name'] }
  const spec = { ...mapAt(object, 'spec'), ...target && { target } }
  return { ...object, metadata: { ...mapAt(object, 'metadata'), ...own, namespace }, spec }
}

/** How often Versprei has left a pod alone for this reason. */
const skipped = async (reason: string): Promise<number> => {
  const page = await (await fetch(`${sharedVersprei().metricsUrl}/metrics`)).text()
  const line = page.split('\n').find(line => line.startsWith('versprei_admission_decisions_total{') && line.includes(`reason="${reason}"`))
  return Number(line?.split(' ').at(-1))
}

/** Waits until Versprei knows the distributor that was applied last, and with it those before: a pod of its target is placed. */
const waitUntilKnown = async (namespace: string, name: string) => {
  const labels = { 'pod-template-hash': '0' }
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-0`, uid: '0', controller: true }]
  const body = { metadata: { name: 'probe', labels, ownerReferences }, spec: { containers: [{ name: 'probe', image: 'probe' }] } }
  await waitFor(`Versprei knows the PodDistributor ${name}`, async () => {
    const pod = await requestApi<Pod>('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body })
    return pod.metadata.labels?.[distributorLabel] === name
  })
}

const seatKeys: ReadonlySet<string> = new Set(['versprei.io/seat', 'versprei.io/admission'])

/**
 * What placement is about. The selector of a spread constraint without what the API server fills in by its `matchLabelKeys`; the
 * annotations without the seat, which is taken off a pod that comes with one.
 */
const parts = (pod: unknown) => {
  const [{ labels, annotations: all = {} }, spec] = [mapAt(pod, 'metadata'), mapAt(pod, 'spec')]
  const annotations = Object.fromEntries(Object.entries(all as Json).filter(([key]) => !seatKeys.has(key)))
  const { nodeSelector, affinity, tolerations, schedulingGates, topologySpreadConstraints: constraints } = spec
  const spread = Array.isArray(constraints)
    ? constraints.map((one: Json) => ({ ...one, labelSelector: mapAt(one['labelSelector'], 'matchLabels') })) : []
  return { labels, annotations, nodeSelector, affinity, tolerations, schedulingGates, spread }
}

void t.test('every golden patch makes a pod that the API server accepts and the scheduler puts where it belongs', async t => {
  const namespace = await createNamespace(t)
  // A controller that does nothing: it takes no pod away, as an owner that is not there would have the garbage collector do.
  const owner = await requestApi<Pod>('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body: { metadata: { name: 'owner' } } })
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid, controller: true }]
  await apply([
    distributorFor(distributors[0]!, namespace, { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' }),
    distributorFor(distributors[0]!, namespace, { apiVersion: 'apps/v1', kind: 'Deployment', name: 'last' }),
  ])
  await waitUntilKnown(namespace, 'last')
  const before = await skipped('already-labelled')
  const groups = new Map<string, string | undefined>()
  for (const workload of workloads) {
    for (const name of recordNames(workload)) {
      const { group, patch } = await readAnswer(name)
      if (patch === undefined) continue
      const patched = applyPatch((await readReview(name)).request.object, patch)
      const { labels, annotations } = mapAt(patched, 'metadata')
      const body = { metadata: { name, labels, annotations, ownerReferences }, spec: mapAt(patched, 'spec') }
      const stored = await requestApi('POST', `/api/v1/namespaces/${namespace}/pods`, { body })
      t.strictSame(parts(stored), parts(patched), `${name} is stored as patched`)
      groups.set(name, isPending(workload) ? undefined : group)
    }
  }
  t.equal(await skipped('already-labelled') - before, groups.size, 'none of them was placed a second time')
  const pods = await waitFor('the scheduler has decided on every pod', async () => {
    const pods = await listPods(namespace)
    return pods.every(isDecided) && pods
  })
  for (const [name, group] of groups) {
    const [key, value] = group === undefined ? ['type', '(pending)'] : nodeLabels[group]!
    const own = pods.filter(({ metadata }) => metadata.name === name)
    t.strictSame(await countByGroup(own, key), { [value]: 1 }, `${name} stands on ${key}: ${value}`)
  }
})

const countOf = ({ object, stands }: GoldenWorkload): number => {
  if ('counts' in stands) return Object.values(stands.counts).reduce((sum, count) => sum + count, 0)
  const { replicas, completions } = mapAt(object, 'spec')
  return Number(replicas ?? completions ?? 1)
}

/** The pods that stand on a node without the label of the group they were placed in. */
const misplaced = async (pods: readonly Pod[]): Promise<readonly string[]> => {
  const { items } = await requestApi<{ readonly items: readonly Pick<Pod, 'metadata'>[] }>('GET', '/api/v1/nodes')
  const labels = new Map(items.map(({ metadata }) => [metadata.name, metadata.labels]))
  return pods.filter(({ metadata, spec: { nodeName } }) => {
    const [key, value] = nodeLabels[metadata.labels?.[groupLabel] ?? ''] ?? ['', '']
    return nodeName !== undefined && labels.get(nodeName)?.[key] !== value
  }).map(({ metadata: { name } }) => name)
}

void t.test('every workload of the set gets all its pods through the webhook, and they stand where its distributor says', async t => {
  const namespace = await createNamespace(t)
  const failOpen = await metric('apiserver_admission_webhook_fail_open_count')
  await apply(distributors.map(object => distributorFor(object, namespace)))
  await waitUntilKnown(namespace, 'spread-given')
  for (const { object } of workloads) await createWorkload(namespace, object)
  const total = workloads.reduce((sum, workload) => sum + countOf(workload), 0)
  const pods = await waitFor(`all ${total} pods are there, and the scheduler has decided on them`, async () => {
    const pods = await listPods(namespace)
    if (pods.length < total || !pods.every(isDecided)) throw new Error(`${pods.length} pods, ${pods.filter(isDecided).length} decided`)
    return pods
  }, { timeout: 120_000, interval: 500 })
  for (const workload of workloads) {
    const { name, stands } = workload
    const own = pods.filter(({ metadata }) => metadata.labels?.['app'] === name)
    t.equal(own.length, countOf(workload), `${name} has all its pods, and no more`)
    const counts = await countByGroup(own, 'by' in stands ? stands.by : 'kubernetes.io/hostname')
    if ('counts' in stands) t.strictSame(counts, stands.counts, name)
    else {
      const isRight = (value: string) => stands.among === 'any node' ? value !== '(pending)' : stands.among.includes(value)
      t.strictSame(Object.keys(counts).filter(value => !isRight(value)), [], name)
    }
    const placed = own.filter(({ metadata }) => metadata.labels?.[distributorLabel] !== undefined)
    t.equal(placed.length, leftAlone.has(name) ? 0 : own.length, `${name}: placed`)
    t.strictSame(await misplaced(placed), [], `${name}: each on a node of the group it was placed in`)
  }
  const events = `/api/v1/namespaces/${namespace}/events?fieldSelector=reason%3DFailedCreate`
  t.strictSame((await requestApi<{ readonly items: readonly unknown[] }>('GET', events)).items, [], 'no pod was refused')
  t.equal(await metric('apiserver_admission_webhook_fail_open_count'), failOpen, 'no call failed open')
})

void t.test('annotations up to the API server\'s limit: placed while ours have room, created all the same when they have not', async t => {
  const namespace = await createNamespace(t)
  const room = annotationRoom({
    'versprei.io/seat': '0', 'versprei.io/admission': '0'.repeat(36), 'controller.kubernetes.io/pod-deletion-cost': '1000000000',
  })
  const names = ['full', 'overfull']
  await apply(names.map(name => distributorFor(distributors[0]!, namespace, { apiVersion: 'apps/v1', kind: 'Deployment', name })))
  await waitUntilKnown(namespace, 'overfull')
  for (const [index, name] of names.entries()) {
    await createWorkload(namespace, deployment(name, {}, classic, { annotations: fillingAnnotation(room + index) }, 1).object)
  }
  const pods = await waitFor('both pods are there', async () => {
    const pods = await listPods(namespace)
    return pods.length === 2 && pods
  })
  const groups = pods.map(({ metadata: { labels = {} } }) => [labels['app'], labels[groupLabel] ?? '(none)'])
  t.strictSame(Object.fromEntries(groups), { full: 'type-default', overfull: '(none)' })
})
