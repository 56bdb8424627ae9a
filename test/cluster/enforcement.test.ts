import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { apply, countByGroup, createNamespace, kubectl, scale, waitReady, type Pod } from './cluster.ts'

const samples = join(import.meta.dirname, '../../config/samples')

/** The classic sample in a namespace of the test's own; `spec` and `podSpec` change it. */
async function applySample(namespace: string, spec: object, podSpec: object = {}): Promise<void> {
  const read = async (file: string) => parse(await readFile(join(samples, file), 'utf8'))
  const [distributor, workload] = [await read('nginx-deployment.yaml'), await read('nginx-workload.yaml')]
  const { template } = workload.spec
  await apply({ ...distributor, metadata: { ...distributor.metadata, namespace }, spec: { ...distributor.spec, ...spec } })
  await apply({
    ...workload, metadata: { ...workload.metadata, namespace },
    spec: { ...workload.spec, replicas: 1, template: { ...template, spec: { ...template.spec, ...podSpec } } },
  })
}

/** Pods by the group they were placed in: where they run, the scheduler weighs with other things. */
function placedIn(pods: readonly Pod[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(pods, ({ metadata }) => metadata.labels?.['versprei.io/group'] ?? 'none')
  return Object.fromEntries(groups.entries().map(([group, { length }]) => [group, length]))
}

void t.test('Preferred: pods are placed in their shares, and none waits for a node that is not there', async t => {
  const here = await createNamespace(t)
  await applySample(here, { enforcement: 'Preferred' })
  await scale(here, 'deployment/nginx-deployment', 10)
  const ready = await waitReady(here, 'nginx-deployment', 10)
  t.same(placedIn(ready), { 'type-default': 8, 'type-spot': 2 })
  t.comment(`they run on ${JSON.stringify(await countByGroup(ready))}`)

  const elsewhere = await createNamespace(t)
  const distribution = [{ nodeLabel: { type: 'default' }, weight: 80 }, { nodeLabel: { type: 'nowhere' }, weight: 20 }]
  await applySample(elsewhere, { enforcement: 'Preferred', distribution })
  await scale(elsewhere, 'deployment/nginx-deployment', 10)
  t.same(placedIn(await waitReady(elsewhere, 'nginx-deployment', 10)), { 'type-default': 8, 'type-nowhere': 2 })
})

void t.test('a pod whose volume is in another group runs where the volume is', async t => {
  const namespace = await createNamespace(t)
  const [node = ''] = (await kubectl('get', 'nodes', '-l', 'type=spot', '-o', 'name')).trim().split('\n')
  const values = [node.replace('node/', '')]
  const size = { storage: '1Gi' }
  await apply({
    apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: namespace },
    spec: {
      capacity: size, accessModes: ['ReadWriteOnce'], storageClassName: '', hostPath: { path: '/data' },
      claimRef: { namespace, name: 'data' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }] }] } },
    },
  })
  t.teardown(() => kubectl('delete', 'persistentvolume', namespace, '--wait=false'))
  await apply({
    apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeName: namespace, resources: { requests: size } },
  })
  await applySample(namespace, {}, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] })
  const [pod] = await waitReady(namespace, 'nginx-deployment', 1)
  t.equal(pod?.metadata.labels?.['versprei.io/group'], 'type-default', 'its seat is of the one group')
  t.equal(pod?.spec.nodeName, values[0], 'its volume of the other')
})
