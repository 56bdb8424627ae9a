import t from 'tap'
import { apply, createNamespace, metric, requestApi, waitFor, type Pod } from './cluster.ts'

const group = 'versprei.io/group'

/** Creates a pod of this controller, without storing it, and answers with what admission made of it. */
const create = (namespace: string, apiVersion: string, kind: string, name: string) => {
  const ownerReferences = [{ apiVersion, kind, name, uid: `uid-of-${name}`, controller: true }]
  const body = { metadata: { name: 'probe', ownerReferences }, spec: { containers: [{ name: 'probe', image: 'probe' }] } }
  return requestApi<Pod>('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body })
}

const excluded = () => metric('apiserver_admission_match_condition_exclusions_total')

void t.test('of DaemonSets the API server keeps back those of apps alone', async t => {
  const namespace = await createNamespace(t)
  const target = { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'DaemonSet', name: 'log' }
  await apply({
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'log' },
    spec: { target, distribution: [{ nodeLabel: { type: 'spot' }, weight: 1 }] },
  }, { namespace })
  await waitFor('a pod of a DaemonSet of another group is placed', async () =>
    (await create(namespace, target.apiVersion, target.kind, target.name)).metadata.labels?.[group] === 'type-spot')
  const before = await excluded()
  t.equal((await create(namespace, 'apps/v1', 'DaemonSet', 'log')).metadata.labels?.[group], undefined)
  t.ok(await excluded() > before, 'and is not sent')
})
