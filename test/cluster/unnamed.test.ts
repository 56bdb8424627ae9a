import t from 'tap'
import { phaseOf } from '../../src/placement/distributor/plan.ts'
import { callApi, createNamespace, requestApi, waitFor } from './cluster.ts'
import { distributorOf, divide, placedBy, type Target } from './divide.ts'
import { groupsOfSeats } from './expect-sequence.ts'
import { classic, type Claims } from './fairness.ts'
import { create, pathOf, resize } from './resources.ts'
import { countStanding, waitStanding, type PodStanding } from './pod-standing.ts'
import { containers, templateOf, workloadOf } from './workloads.ts'

const deployments = { apiVersion: 'apps/v1', kind: 'Deployment' } as const

void t.test('a podSelector places the pods it selects, whoever owns their ReplicaSet, and leaves the others alone', async t => {
  const namespace = await createNamespace(t)
  const target = { apiVersion: 'apps/v1', kind: 'ReplicaSet', podSelector: { matchLabels: { app: 'x' } } }
  await divide(namespace, { target, claims: classic })
  await Promise.all(['x', 'y'].map(name => create(namespace, workloadOf('Deployment', name, 20))))
  const x = await waitStanding(namespace, 20, { selector: 'app=x' })
  const wanted = Object.groupBy(groupsOfSeats(classic, 20, phaseOf(x[0]?.owner ?? '')), group => group)
  const counts = Object.fromEntries(Object.entries(wanted).map(([group, { length } = []]) => [group, length]))
  t.same(countStanding(x), counts, 'as its part of the sequence says')
  t.ok(Math.abs((countStanding(x)['spot'] ?? 0) - 4) < 2, 'less than 2 off')

  const y = await waitStanding(namespace, 20, { selector: 'app=y' })
  const ours = ({ metadata: { labels, annotations } }: PodStanding) => Object.keys({ ...labels, ...annotations })
    .filter(key => key.includes('versprei.io') || key.includes('deletion-cost'))
  t.same(y.filter(pod => ours(pod).length > 0 || pod.affinity !== undefined), [], 'not one of the others was touched')
})

const only = (group: string): Claims => ({ [group]: { weight: 1, base: 0 } })

/** Deletes what is there and waits for as many again: where they stand, the distributor in force says. */
async function replacePods(namespace: string, size: number): Promise<readonly PodStanding[]> {
  await resize(namespace, 'Deployment', 'web', 0)
  await waitStanding(namespace, 0)
  await resize(namespace, 'Deployment', 'web', size)
  return waitStanding(namespace, size)
}

/** Creates one in a later second than those before, as their creation times have whole seconds. */
async function createLater(namespace: string, name: string, target: Target, claims: Claims): Promise<void> {
  const distributor = distributorOf({ name, target, claims })
  const path = pathOf(namespace, 'PodDistributor')
  const { items } = await requestApi<{ items: { metadata: { creationTimestamp: string } }[] }>('GET', path)
  await waitFor('a second has passed', async () => {
    const { metadata } = await create(namespace, distributor, { dryRun: true })
    return items.every(({ metadata: { creationTimestamp } }) => creationTimestamp < metadata.creationTimestamp)
  })
  await create(namespace, distributor)
}

void t.test('a named distributor decides before an unnamed one, an older before a younger, and the next when it goes', async t => {
  const namespace = await createNamespace(t)
  const named = { ...deployments, name: 'web' }
  await divide(namespace, { name: 'a-unnamed', target: deployments, claims: only('spot') })
  await create(namespace, workloadOf('Deployment', 'web', 5))
  t.same(countStanding(await waitStanding(namespace, 5)), { spot: 5 }, 'the only one decides')

  await createLater(namespace, 'z-named', named, only('default'))
  await waitFor('z-named decides', async () => await placedBy(namespace, named) === 'z-named')
  t.same(countStanding(await replacePods(namespace, 5)), { default: 5 }, 'named, though younger')

  // Whether it has been seen, a workload that it alone may place tells.
  await createLater(namespace, 'a-named', named, only('spot'))
  await divide(namespace, { name: 'beacon', target: { ...deployments, name: 'beacon' }, claims: classic })
  t.same(countStanding(await replacePods(namespace, 5)), { default: 5 }, 'the older of two that are named')

  for (const [gone, next, group] of [['z-named', 'a-named', 'spot'], ['a-named', 'a-unnamed', 'spot']] as const) {
    await callApi('DELETE', pathOf(namespace, 'PodDistributor', gone))
    await waitFor(`${next} decides once ${gone} is gone`, async () => await placedBy(namespace, named) === next)
    const pods = await replacePods(namespace, 3)
    t.same(countStanding(pods), { [group]: 3 })
    t.same(new Set(pods.map(({ metadata }) => metadata.labels?.['versprei.io/distributor'])), new Set([next]))
  }
})

void t.test('a volume that is made for the pod alone is no claim of its own: the pod is required on its group', async t => {
  const namespace = await createNamespace(t)
  const storageClassName = namespace
  const size = { storage: '1Gi' }
  const volumes = Array.from({ length: 5 }, (_, index) => `${namespace}-${index}`)
  for (const name of volumes) {
    t.teardown(() => callApi('DELETE', `/api/v1/persistentvolumes/${name}`))
    await requestApi('POST', '/api/v1/persistentvolumes', { body: {
      metadata: { name }, spec: { capacity: size, accessModes: ['ReadWriteOnce'], storageClassName, hostPath: { path: '/scratch' } },
    } })
  }
  await divide(namespace, { target: { ...deployments, name: 'web' }, claims: classic })
  const volumeClaimTemplate = { spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: size } } }
  const template = templateOf({ app: 'web' }, { containers, volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate } }] })
  await create(namespace, workloadOf('Deployment', 'web', 5, { template }))
  const pods = await waitStanding(namespace, 5)
  t.same(countStanding(pods), { default: 4, spot: 1 })
  const required = (group: string) => ({ nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'type', operator: 'In', values: [group] }] }],
    },
  } })
  for (const { name, group, affinity } of pods) t.same(affinity, required(group), `${name} is required on ${group}`)
})
