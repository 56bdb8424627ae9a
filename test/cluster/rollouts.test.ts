import t from 'tap'
import { createNamespace, kubectl, metric, requestApi, waitFor, waitReady } from './cluster.ts'
import { divide } from './divide.ts'
import { classic, isFair } from './fairness.ts'
import { countStanding, listStanding, type PodStanding } from './pod-standing.ts'
import { create, pathOf, resize } from './resources.ts'
import { workloadOf } from './workloads.ts'

const name = 'web'
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name }

interface Deployment {
  readonly metadata: { readonly generation: number }
  readonly status: { readonly observedGeneration?: number, readonly replicas?: number, readonly updatedReplicas?: number }
}

/** Changes the pod template, which starts a rolling update: 25 % more pods, 25 % fewer Ready ones at most, as by default. */
async function update(namespace: string, template: object): Promise<void> {
  await requestApi('PATCH', pathOf(namespace, 'Deployment', name), { body: { spec: { template } } })
}

/** Pods whose call ran out of time are not placed: what then stands wrong says nothing about placing. */
const failOpen = () => metric('apiserver_admission_webhook_fail_open_count')

const revisions = (pods: readonly PodStanding[]): ReadonlySet<string> => new Set(pods.map(({ owner }) => owner))

async function settle(namespace: string, size: number): Promise<readonly PodStanding[]> {
  await waitReady(namespace, name, size, { interval: Math.max(100, size) })
  return listStanding(namespace)
}

void t.test('a rolling update ends with the new revision within the bound, and scaling that in leaves a fair prefix', async t => {
  for (const size of [10, 100, 500]) {
    await t.test(`${size} replicas`, async t => {
      const namespace = await createNamespace(t)
      const openBefore = await failOpen()
      await divide(namespace, { target, claims: classic })
      await create(namespace, workloadOf('Deployment', name, size))
      const before = await settle(namespace, size)
      isFair(t, classic, countStanding(before), 'before: ')
      await update(namespace, { metadata: { annotations: { revision: '2' } } })
      const after = await settle(namespace, size)
      t.equal(revisions(after).size, 1, 'one revision')
      t.ok(revisions(after).isDisjointFrom(revisions(before)), 'a new one')
      isFair(t, classic, countStanding(after), 'after: ')
      const fewer = Math.floor(size / 3)
      await resize(namespace, 'Deployment', name, fewer)
      isFair(t, classic, countStanding(await settle(namespace, fewer)), 'scaled in: ')
      t.equal(await failOpen(), openBefore, 'no call failed open')
    })
  }
})

const undone = [
  { what: 'that goes well', template: { metadata: { annotations: { revision: '2' } } }, from: 30 },
  // A gated pod never runs: the update stands still at a quarter more pods and a quarter fewer Ready ones.
  { what: 'that is stuck', template: { spec: { schedulingGates: [{ name: 'example.com/never' }] } }, from: 50 },
]

for (const { what, template, from } of undone) {
  void t.test(`an update of 100 replicas ${what}, undone half-way, ends with the first revision within the bound`, async t => {
    const namespace = await createNamespace(t)
    const openBefore = await failOpen()
    await divide(namespace, { target, claims: classic })
    await create(namespace, workloadOf('Deployment', name, 100))
    const before = await settle(namespace, 100)
    await update(namespace, template)
    const halfWay = await waitFor(`${from} pods of the new revision exist`, async () => {
      const { metadata, status } = await requestApi<Deployment>('GET', pathOf(namespace, 'Deployment', name))
      const { observedGeneration = 0, updatedReplicas = 0 } = status
      return observedGeneration >= metadata.generation && updatedReplicas >= from && updatedReplicas
    }, { interval: 10 })
    await kubectl('rollout', 'undo', `deployment/${name}`, `--namespace=${namespace}`)
    const after = await settle(namespace, 100)
    t.ok(halfWay < 100, `it was undone when ${halfWay} pods were of the new revision`)
    t.same(revisions(after), revisions(before), 'all are of the first revision again')
    const kept = new Set(before.map(({ uid }) => uid))
    t.ok(after.some(({ uid }) => !kept.has(uid)), 'some of them are new')
    isFair(t, classic, countStanding(after), 'after: ')
    t.equal(await failOpen(), openBefore, 'no call failed open')
  })
}
