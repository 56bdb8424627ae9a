import t from 'tap'
import { entryName } from '../../../src/controllers/webhook-entry.ts'
import { startCluster } from './cluster.ts'

const configuration = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'

const node = (name: string, capacity: string) => ({
  metadata: { name, uid: name, labels: { 'kubernetes.io/hostname': name, 'karpenter.sh/capacity-type': capacity } },
  status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' }, conditions: [{ type: 'Ready', status: 'True' }] },
})

void t.test('a PodDistributor is recommended where Versprei places pods, and it is known that it does', async t => {
  const { port, answers, lists, detect } = await startCluster(t, { 'shop/web': ['n1', 'n1', 'n1'] })
  lists.set('/api/v1/nodes', { items: [node('n1', 'on-demand'), node('n2', 'on-demand'), node('n3', 'spot')] })
  const kinds = async (): Promise<unknown> => {
    const { code, out } = await detect(['--recommend', '-o', 'json'])
    const { change, notes } = JSON.parse(out).findings[0].recommendation
    return { code, kind: change.kind, last: notes.at(-1) }
  }
  const runsIn = (namespace: string) => fetch(`http://127.0.0.1:${port}${configuration}`, {
    method: 'PATCH', body: JSON.stringify({ webhooks: [{ name: entryName, clientConfig: { service: { namespace, name: 'versprei' } } }] }),
  })
  const serving = 'Versprei has to be serving: see versprei check'
  const but = 'some of these nodes are spot nodes: a PodDistributor would divide the pods, but '
  t.strictSame(await kinds(), { code: 0, kind: 'distributor', last: serving }, 'it is not registered yet')
  await runsIn('versprei-system')
  t.strictSame(await kinds(), { code: 0, kind: 'distributor', last: serving }, 'it runs elsewhere')
  await runsIn('shop')
  t.strictSame(await kinds(), { code: 0, kind: 'patch', last: `${but}Versprei leaves its pods alone (own-namespace)` })
  const unread = { code: 0, kind: 'patch', last: `${but}whether Versprei leaves this namespace alone, for it runs there, could not be read` }
  for (const [code, reason] of [[403, 'Forbidden'], [500, 'InternalError']] as const) {
    answers.set(configuration, { code, reason })
    t.strictSame(await kinds(), unread, reason)
  }
})
