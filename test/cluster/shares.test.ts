import t from 'tap'
import { apply, countByGroup, createNamespace, metric, scale, waitReady, type Pod } from './cluster.ts'
import { classic, isFair, uneven } from './fairness.ts'
import { applySample, readSample } from './sample.ts'

const uids = (pods: readonly Pod[]): ReadonlySet<string> => new Set(pods.map(({ metadata }) => metadata.uid))

void t.test('the classic sample: 10 replicas stand 8/2, Ready, on the right nodes', async t => {
  const namespace = await createNamespace(t)
  await applySample(namespace, 'nginx-deployment.yaml')
  await applySample(namespace, 'nginx-workload.yaml')
  t.same(await countByGroup(await waitReady(namespace, 'nginx-deployment', 10)), { default: 8, spot: 2 })
})

void t.test('a first apply of distributor and workload together is placed too', async t => {
  const namespace = await createNamespace(t)
  const objects = await Promise.all(['nginx-deployment.yaml', 'nginx-workload.yaml'].map(file => readSample(namespace, file)))
  await apply(objects)
  t.same(await countByGroup(await waitReady(namespace, 'nginx-deployment', 10)), { default: 8, spot: 2 })
})

void t.test('every size from 1 to 30, growing one by one, is within the proven bound', async t => {
  const namespace = await createNamespace(t)
  await applySample(namespace, 'nginx-deployment.yaml')
  await applySample(namespace, 'nginx-workload.yaml')
  await scale(namespace, 'deployment/nginx-deployment', 1)
  for (let size = 1; size <= 30; size += 1) {
    await scale(namespace, 'deployment/nginx-deployment', size)
    isFair(t, classic, await countByGroup(await waitReady(namespace, 'nginx-deployment', size)))
  }
})

void t.test('a burst from 10 to 1,000 ends exactly 800/200, and every scale-in leaves a fair prefix without moving a pod', async t => {
  const namespace = await createNamespace(t)
  const failOpen = await metric('apiserver_admission_webhook_fail_open_count')
  await applySample(namespace, 'nginx-deployment.yaml')
  await applySample(namespace, 'nginx-workload.yaml')
  await waitReady(namespace, 'nginx-deployment', 10)
  await scale(namespace, 'deployment/nginx-deployment', 1000)
  let before = await waitReady(namespace, 'nginx-deployment', 1000)
  t.same(await countByGroup(before), { default: 800, spot: 200 })
  for (const size of [500, 137, 37, 10, 3]) {
    await scale(namespace, 'deployment/nginx-deployment', size)
    const after = await waitReady(namespace, 'nginx-deployment', size)
    isFair(t, classic, await countByGroup(after))
    t.ok(uids(after).isSubsetOf(uids(before)), `${size}: all of them were there before`)
    before = after
  }
  t.equal(await metric('apiserver_admission_webhook_fail_open_count'), failOpen, 'no call failed open')
})

void t.test('six uneven groups with base and max, at 1 to 30 and 200, are within their bound', async t => {
  const namespace = await createNamespace(t)
  await apply({
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'uneven', namespace },
    spec: {
      target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nginx-deployment' },
      distribution: Object.entries(uneven).map(([pool, claim]) => ({ name: pool, nodeLabel: { pool }, ...claim })),
    },
  })
  await applySample(namespace, 'nginx-workload.yaml')
  await scale(namespace, 'deployment/nginx-deployment', 1)
  for (const size of [...Array.from({ length: 30 }, (_, index) => index + 1), 200]) {
    await scale(namespace, 'deployment/nginx-deployment', size)
    isFair(t, uneven, await countByGroup(await waitReady(namespace, 'nginx-deployment', size), 'pool'))
  }
})
