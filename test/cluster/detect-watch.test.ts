import t from 'tap'
import { start } from '../cli/process.ts'
import { createNamespace, requestApi, scale, waitFor, waitReady } from './cluster.ts'
import { create } from './resources.ts'
import { containers, workloadOf } from './workloads.ts'

const hostname = 'kubernetes.io/hostname'

/** The node of a pod that is anywhere. */
const someNode = async (namespace: string): Promise<string> => {
  await create(namespace, workloadOf('Deployment', 'web', 2))
  const [pod] = await waitReady(namespace, 'web', 2)
  return pod?.spec.nodeName ?? ''
}

void t.test('detect --watch tells what comes to stand on a single node, and what spreads again, as it happens', async t => {
  const namespace = await createNamespace(t)
  const node = await someNode(namespace)
  const environment = { KUBECONFIG: process.env['KUBECONFIG'] ?? '', PATH: process.env['PATH'] ?? '' }
  const { said, stderr, kill, ended } = start(t, ['detect', '--watch', '-n', namespace], environment)
  const seen = (what: string, isSo: (last: readonly string[]) => boolean) => waitFor(what, async () => {
    // Each table begins with the time.
    const last = said.slice(said.findLastIndex(line => line.endsWith(' UTC')) + 1)
    if (!isSo(last)) throw new Error(`${said.join('\n')}${stderr()}`)
    return true
  }, { timeout: 60_000, interval: 100 })
  await seen('the first table', last => last.some(line => line.includes('1 workload')))
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers, nodeSelector: { [hostname]: node } } }
  await requestApi('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/web`, { body: { spec: { template } } })
  await seen('both pods on one node', last => last.some(line => line.startsWith(namespace) && line.includes('single node') && line.endsWith(`${node}: 2`)))
  await scale(namespace, 'deployment/web', 1)
  await seen('one pod', last => last.at(-1) === '0 of 1 workload stands on a single node; 0 share nodes; 1 has one pod')
  await requestApi('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)
  await seen('no workload', last => last.at(-1) === 'there is no such workload')
  t.ok(kill('SIGINT'))
  t.equal(await ended, 0)
  t.equal(stderr(), '')
})
