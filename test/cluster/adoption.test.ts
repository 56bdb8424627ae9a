import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { createSequence } from '../../src/placement/seats/sequence.ts'
import { apply, createNamespace, listPods, requestApi, scale, waitFor, waitReady, type Pod } from './cluster.ts'
import { countStanding, listStanding, waitStanding, type PodStanding } from './pod-standing.ts'
import { create, pathOf, resize } from './resources.ts'
import { workloadOf } from './workloads.ts'

const costKey = 'controller.kubernetes.io/pod-deletion-cost'

interface Share { readonly type: string, readonly weight: number }

const distributorOf = (shares: readonly Share[]) => ({
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web' },
  spec: {
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    distribution: shares.map(({ type, weight }) => ({ name: type, nodeLabel: { type }, weight })),
  },
})

const labelOf = ({ metadata: { labels } }: PodStanding, key: string): string | undefined => labels?.[`versprei.io/${key}`]
const costsOf = (pods: readonly PodStanding[]) => pods.map(({ metadata: { annotations } }) => annotations?.[costKey])

/** Whether each group's pods hold its first seats under these shares, and cost accordingly. */
function holdFirstSeats(pods: readonly PodStanding[], shares: readonly Share[]): boolean {
  const sequence = createSequence(shares.map(({ weight }) => ({ weight, base: 0 })))
  const taken = shares.map(({ type }) => pods.filter(pod => labelOf(pod, 'group') === type).length)
  return pods.every((pod, index) => costsOf(pods)[index] === String(1_000_000_000 - (pod.seat ?? -1))) && shares.every(({ type }, group) => {
    const seats = pods.filter(pod => labelOf(pod, 'group') === type).map(({ seat = -1 }) => seat).toSorted((a, b) => a - b)
    return seats.every((seat, rank) => seat === sequence.seatOf(group, rank, taken))
  })
}

const patience = { timeout: 90_000, interval: 500 }

/** 80/20 unless said, over nodes `type=default` and `type=spot`. */
const classic: readonly Share[] = [{ type: 'default', weight: 80 }, { type: 'spot', weight: 20 }]
const half: readonly Share[] = [{ type: 'default', weight: 50 }, { type: 'spot', weight: 50 }]

/** A Deployment of pods that no admission placed, all on nodes of the groups. */
async function startUnplaced(namespace: string, replicas: number): Promise<void> {
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'type', operator: 'In', values: ['default', 'spot'] }] }],
  } } }
  const template = { metadata: { labels: { app: 'web' } }, spec: { affinity, containers: [{ name: 'app', image: 'app' }] } }
  await create(namespace, workloadOf('Deployment', 'web', replicas, { template }))
  await waitReady(namespace, 'web', replicas)
}

/** Waits until every pod is placed, each in the group that it stands in. */
async function waitAdopted(namespace: string): Promise<readonly PodStanding[]> {
  return waitFor('every pod is adopted where it stands', async () => {
    const pods = await listStanding(namespace)
    const strays = pods.filter(pod => labelOf(pod, 'group') !== pod.group)
    if (strays.length > 0) throw new Error(`${strays.length} of ${pods.length} are not`)
    return pods
  }, patience)
}

void t.test('a distributor that comes late adopts 100 running pods within seconds, and the next ones fill what lacks', async t => {
  const namespace = await createNamespace(t)
  await startUnplaced(namespace, 100)
  const before = await listStanding(namespace)
  await apply(distributorOf(classic), { namespace })
  const began = performance.now()
  const adopted = await waitAdopted(namespace)
  t.comment(`100 pods adopted in ${Math.round(performance.now() - began)} ms: ${JSON.stringify(countStanding(adopted))}`)
  t.strictSame(adopted.map(({ uid, node }) => [uid, node]), before.map(({ uid, node }) => [uid, node]), 'no pod was moved')
  t.ok(holdFirstSeats(adopted, classic))
  t.ok(adopted.every(pod => labelOf(pod, 'distributor') === 'web'))
  const spot = countStanding(adopted)['spot'] ?? 0
  const enough = Math.max(5 * spot, 100)
  t.comment(`scaled to ${enough}, where ${spot} on spot are a fifth`)
  await scale(namespace, 'deployment/web', enough)
  const grown = await waitStanding(namespace, enough)
  t.same(countStanding(grown), { default: enough * 0.8, spot: enough * 0.2 })
  t.ok(holdFirstSeats(grown, classic))
})

void t.test('80/20 becomes 50/50, then three groups: pods stay, seats are new, and the next ones fill what lacks', async t => {
  const namespace = await createNamespace(t)
  await apply(distributorOf(classic), { namespace })
  await create(namespace, workloadOf('Deployment', 'web', 50))
  const before = await waitStanding(namespace, 50)
  t.same(countStanding(before), { default: 40, spot: 10 })
  for (const [shares, size, want] of [
    [half, 80, { default: 40, spot: 40 }],
    [[{ type: 'default', weight: 40 }, { type: 'spot', weight: 40 }, { type: 'p1', weight: 20 }], 100, { default: 40, spot: 40, p1: 20 }],
  ] as const) {
    const old = await listStanding(namespace)
    const distributor = distributorOf(shares)
    const distribution = distributor.spec.distribution.map(group => (group.name === 'p1' ? { ...group, nodeLabel: { pool: 'p1' } } : group))
    await apply({ ...distributor, spec: { ...distributor.spec, distribution } }, { namespace })
    const seated = await waitFor('the pods hold the first seats of the new sequence', async () => {
      const pods = await listStanding(namespace)
      return holdFirstSeats(pods, shares) && pods
    }, patience)
    t.strictSame(seated.map(({ uid, group }) => [uid, group]), old.map(({ uid, group }) => [uid, group]), 'no pod was moved')
    await resize(namespace, 'Deployment', 'web', size)
    const grown = await waitStanding(namespace, size)
    const groups = Map.groupBy(grown, pod => labelOf(pod, 'group') ?? 'none')
    t.same(Object.fromEntries(groups.entries().map(([group, { length }]) => [group, length])), want)
  }
})

void t.test('a deleted distributor leaves pods and labels, and takes the costs; made again, it has its pods back', async t => {
  const namespace = await createNamespace(t)
  await apply(distributorOf(classic), { namespace })
  await create(namespace, workloadOf('Deployment', 'web', 20))
  const before = await waitStanding(namespace, 20)
  await requestApi('DELETE', pathOf(namespace, 'PodDistributor', 'web'))
  const without = await waitFor('no pod has a cost', async () => {
    const pods = await listStanding(namespace)
    return costsOf(pods).every(cost => cost === undefined) && pods
  }, patience)
  t.strictSame(without.map(({ uid, metadata: { labels } }) => [uid, labels]), before.map(({ uid, metadata: { labels } }) => [uid, labels]))
  await apply(distributorOf(half), { namespace })
  const back = await waitFor('the pods hold the first seats of the new one', async () => {
    const pods = await listStanding(namespace)
    return holdFirstSeats(pods, half) && pods
  }, patience)
  t.strictSame(back.map(({ uid }) => uid), before.map(({ uid }) => uid))
})

async function makeUnready(namespace: string, pods: readonly PodStanding[]): Promise<void> {
  for (const { name } of pods) {
    await requestApi('PATCH', `${pathOf(namespace, 'Pod', name)}/status`, {
      body: { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, contentType: 'application/strategic-merge-patch+json',
    })
  }
}

void t.test('pods that are not ready leave gaps when they go first; renumbered, the next scale-in is exact and no pod moves', async t => {
  const namespace = await createNamespace(t)
  await apply(distributorOf(classic), { namespace })
  await create(namespace, workloadOf('Deployment', 'web', 100))
  const before = await waitStanding(namespace, 100)
  const spot = before.filter(({ group }) => group === 'spot')
  await makeUnready(namespace, spot.slice(0, 10))
  await waitFor('the controller knows of them', async () => {
    const { status } = await requestApi<{ status: { readyReplicas?: number } }>('GET', pathOf(namespace, 'Deployment', 'web'))
    return status.readyReplicas === 90
  })
  await scale(namespace, 'deployment/web', 90)
  const gone = await waitStanding(namespace, 90)
  t.same(countStanding(gone), { default: 80, spot: 10 }, 'they went first')
  t.notOk(holdFirstSeats(gone, classic))
  const closed = await waitFor('the gaps are closed', async () => {
    const pods = await listStanding(namespace)
    return holdFirstSeats(pods, classic) && pods
  }, patience)
  t.strictSame(closed.map(({ uid, node }) => [uid, node]), gone.map(({ uid, node }) => [uid, node]), 'no pod was moved')
  await scale(namespace, 'deployment/web', 50)
  t.same(countStanding(await waitStanding(namespace, 50)), { default: 40, spot: 10 })
})

void t.test('pods that the user gave a cost keep it, and a pod that opted out is none of ours', async t => {
  const namespace = await createNamespace(t)
  const template = (annotations: object, labels: object): object =>
    ({ metadata: { labels, annotations }, spec: { nodeSelector: { type: 'spot' }, containers: [{ name: 'app', image: 'app' }] } })
  await create(namespace, workloadOf('Deployment', 'web', 2, { template: template({ [costKey]: '7' }, { app: 'web' }) }))
  await create(namespace, workloadOf('ReplicaSet', 'out', 2, { template: template({}, { app: 'out', 'versprei.io/ignore': 'true' }) }))
  await waitStanding(namespace, 4)
  await apply([distributorOf(classic), {
    ...distributorOf(classic), metadata: { name: 'out' }, spec: { ...distributorOf(classic).spec, target: { apiVersion: 'apps/v1', kind: 'ReplicaSet' } },
  }], { namespace })
  await waitFor('they are adopted', async () => (await listPods(namespace, 'app=web,versprei.io/group=spot')).length === 2, patience)
  const isUntouched = ({ metadata: { annotations = {}, labels = {} } }: Pod) => !Object.keys({ ...annotations, ...labels }).some(key => key === 'versprei.io/group')
  t.same(costsOf(await listStanding(namespace, { selector: 'app=web' })), ['7', '7'])
  t.ok((await listPods(namespace, 'app=out')).every(isUntouched))
})

void t.test('a template copied from a running pod, selected by our labels, never makes its controller create pods without end', async t => {
  const namespace = await createNamespace(t)
  /** Without a selector: it selects by all labels of its template. */
  const controllerOf = (name: string, replicas: number) => ({
    apiVersion: 'v1', kind: 'ReplicationController', metadata: { name }, spec: { replicas, template: {
      metadata: {
        labels: { app: name, 'versprei.io/distributor': 'old', 'versprei.io/group': 'a' },
        annotations: { 'versprei.io/seat': '0', 'versprei.io/admission': `copied-${name}` },
      },
      spec: { nodeSelector: { type: 'default' }, containers: [{ name: 'app', image: 'app' }] },
    } },
  })
  await create(namespace, controllerOf('one', 1))
  await create(namespace, controllerOf('three', 3))
  // Admission takes the copied seat off; these pods came while nobody answered.
  for (const { name, metadata: { labels, annotations } } of await waitStanding(namespace, 4)) {
    t.equal(annotations?.['versprei.io/admission'], undefined)
    await requestApi('PATCH', pathOf(namespace, 'Pod', name), {
      body: { metadata: { annotations: { 'versprei.io/seat': '0', 'versprei.io/admission': `copied-${labels?.['app']}` } } },
    })
  }
  for (let turn = 0; turn < 6; turn += 1) {
    // Each change is answered by a look at all pods within a second.
    const distributor = distributorOf([{ type: 'default', weight: 80 + turn }, { type: 'spot', weight: 20 }])
    await apply({ ...distributor, spec: { ...distributor.spec, target: { apiVersion: 'v1', kind: 'ReplicationController' } } }, { namespace })
    if (turn === 0) await waitFor('one pod of one is tried', async () => (await listPods(namespace, 'app=one')).length === 2, patience)
    await setTimeout(2000)
  }
  const one = await listPods(namespace, 'app=one')
  t.equal(one.length, 2, 'one pod lost its owner, and no second')
  t.equal((await listPods(namespace, 'app=one,versprei.io/distributor=old')).length, 1)
  t.equal((await listPods(namespace, 'app=three')).length, 3)
  t.equal((await listPods(namespace, 'app=three,versprei.io/distributor=old')).length, 3, 'what several pods say is none of ours')
})
