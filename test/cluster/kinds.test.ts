import t from 'tap'
import type { Test } from 'tap'
import { createNamespace, kubectl, requestApi, waitFor } from './cluster.ts'
import { divide } from './divide.ts'
import { groupsOfSeats, standsBySequence } from './expect-sequence.ts'
import { classic, isFair } from './fairness.ts'
import { create, pathOf, resize } from './resources.ts'
import { countStanding, waitStanding } from './pod-standing.ts'
import { containers, templateOf, workloadOf } from './workloads.ts'

const scaled = [
  { kind: 'ReplicaSet', apiVersion: 'apps/v1', manifest: workloadOf('ReplicaSet', 'bare', 1) },
  {
    kind: 'ReplicationController', apiVersion: 'v1',
    manifest: {
      kind: 'ReplicationController', metadata: { name: 'bare' },
      spec: { replicas: 1, selector: { app: 'bare' }, template: templateOf({ app: 'bare' }) },
    },
  },
]

for (const { kind, apiVersion, manifest } of scaled) {
  void t.test(`a bare ${kind}, by its name: every size is within the bound, and scaling in leaves a prefix`, async t => {
    const namespace = await createNamespace(t)
    await divide(namespace, { target: { apiVersion, kind, name: 'bare' }, claims: classic })
    await create(namespace, manifest)
    for (const size of [1, 25, 9, 17, 4, 40]) {
      await resize(namespace, kind, 'bare', size)
      const pods = await waitStanding(namespace, size)
      isFair(t, classic, countStanding(pods), `${kind} of ${size}: `)
      t.same(pods.map(({ seat = -1 }) => seat).toSorted((a, b) => a - b), [...Array.from({ length: size }).keys()], 'on the first seats')
    }
  })
}

void t.test('a StatefulSet 0→50→7→30: each pod stands on the group of its ordinal', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' }, claims: classic })
  await create(namespace, workloadOf('StatefulSet', 'db', 0, { podManagementPolicy: 'Parallel', serviceName: 'db' }))
  for (const size of [50, 7, 30]) {
    await resize(namespace, 'StatefulSet', 'db', size)
    const pods = await waitStanding(namespace, size)
    const byOrdinal = new Map(pods.map(({ name, group }) => [Number(name.replace('db-', '')), group]))
    const standing = Array.from({ length: size }, (_, ordinal) => byOrdinal.get(ordinal) ?? `no pod ${ordinal}`)
    standsBySequence(t, classic, standing, `scaled to ${size}`)
  }
})

/** Just enough of a kind that the garbage collector finds the owners of its pods. */
async function defineKind(t: Pick<Test, 'teardown'>, group: string, version: string, kind: string): Promise<void> {
  const plural = `${kind.toLowerCase()}s`
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  await requestApi('POST', crds, { body: {
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { kind, plural }, versions: [{ name: version, served: true, storage: true, schema }] },
  } })
  t.teardown(() => kubectl('delete', 'customresourcedefinition', `${plural}.${group}`, '--wait=true'))
  await kubectl('wait', '--for=condition=Established', `customresourcedefinition/${plural}.${group}`, '--timeout=30s')
  await waitFor(`the API serves ${plural}.${group}`, () => requestApi('GET', pathOf('default', kind)))
}

void t.test('any other controller, by group, kind and name: its pods stand on the sequence, replacements too', async t => {
  await defineKind(t, 'example.com', 'v1', 'Widget')
  const namespace = await createNamespace(t)
  const target = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w' }
  await divide(namespace, { target, claims: classic })
  const { metadata: { uid } } = await create(namespace, { apiVersion: target.apiVersion, kind: target.kind, metadata: { name: 'w' } })
  const createPod = (name: string, owner: object, options = {}) => {
    const metadata = { name, ownerReferences: [{ ...owner, controller: true }] }
    return create(namespace, { kind: 'Pod', metadata, spec: { containers } }, options)
  }
  const numbers = [...Array.from({ length: 20 }).keys()]
  const nameOf = (number: number) => `w-${String(number).padStart(2, '0')}`
  for (const number of numbers) await createPod(nameOf(number), { ...target, uid })
  standsBySequence(t, classic, (await waitStanding(namespace, 20)).map(({ group }) => group), 'in order of creation')

  for (const number of [17, 2, 0]) {
    await requestApi('DELETE', pathOf(namespace, 'Pod', nameOf(number)), { body: { gracePeriodSeconds: 0 } })
    await waitStanding(namespace, 19)
    await createPod(nameOf(number), { ...target, uid })
    standsBySequence(t, classic, (await waitStanding(namespace, 20)).map(({ group }) => group), `${nameOf(number)} replaced`)
  }

  // A controller of the same kind and another name, and one of the same kind and name of another group, are not the target.
  for (const [index, owner] of [{ ...target, name: 'v', uid: 'v' }, { ...target, apiVersion: 'example.org/v1', uid: 'o' }].entries()) {
    const pod = await createPod(`other-${index}`, owner, { dryRun: true })
    t.equal(pod.metadata.labels?.['versprei.io/group'], undefined, `${owner.apiVersion} ${owner.name} is not placed`)
  }
})

void t.test('an Argo Rollout: its stable and its canary ReplicaSet are each within the bound', async t => {
  await defineKind(t, 'argoproj.io', 'v1alpha1', 'Rollout')
  const namespace = await createNamespace(t)
  const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'shop' }
  await divide(namespace, { target, claims: classic })
  const { apiVersion, kind } = target
  const { metadata: { uid } } = await create(namespace, { apiVersion, kind, metadata: { name: target.name } })
  const replicaSets = [{ hash: '6c5d8f7b9', replicas: 20 }, { hash: '7f9d5c6b8', replicas: 5 }]
  for (const { hash, replicas } of replicaSets) {
    const labels = { app: 'shop', 'rollouts-pod-template-hash': hash }
    await create(namespace, {
      apiVersion: 'apps/v1', kind: 'ReplicaSet',
      metadata: { name: `shop-${hash}`, labels, ownerReferences: [{ ...target, uid, controller: true, blockOwnerDeletion: true }] },
      spec: { replicas, selector: { matchLabels: labels }, template: templateOf(labels) },
    })
  }
  await waitStanding(namespace, 25)
  // As Argo shifts from the one to the other.
  await resize(namespace, 'ReplicaSet', 'shop-6c5d8f7b9', 8)
  await resize(namespace, 'ReplicaSet', 'shop-7f9d5c6b8', 17)
  const all = await waitStanding(namespace, 25)
  for (const { hash, size } of [{ hash: '6c5d8f7b9', size: 8 }, { hash: '7f9d5c6b8', size: 17 }]) {
    const pods = all.filter(({ metadata }) => metadata.labels?.['rollouts-pod-template-hash'] === hash)
    t.equal(pods.length, size)
    isFair(t, classic, countStanding(pods), `shop-${hash}: `)
    t.equal(pods.filter(({ group }) => group === 'spot').length, groupsOfSeats(classic, size).filter(group => group === 'spot').length)
  }
})
