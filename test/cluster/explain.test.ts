import t from 'tap'
import type { PodExplanation } from '../../src/survey/explain/explain-pod.ts'
import type { WorkloadExplanation } from '../../src/survey/explain/explain-workload.ts'
import { runCommand } from '../cli/run-command.ts'
import { createNamespace, listPods, requestApi, scale, waitFor, type Pod } from './cluster.ts'
import { divide } from './divide.ts'
import { classic } from './fairness.ts'
import { countStanding, listStanding, waitStanding } from './pod-standing.ts'
import { create, pathOf } from './resources.ts'
import { containers, templateOf, workloadOf } from './workloads.ts'

const web = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } as const

const ask = (namespace: string, ...args: readonly string[]) =>
  runCommand(['explain', ...args, '-n', namespace, '--kubeconfig', process.env['KUBECONFIG'] ?? ''])

/** What is explained, as programs read it. @throws unless it was all told */
async function explain<Explanation>(namespace: string, ...args: readonly string[]): Promise<Explanation> {
  const { code, out, err } = await ask(namespace, ...args, '-o', 'json')
  if (code !== 0) throw new Error(`exit code ${code}: ${err}`)
  const explanation: Explanation = JSON.parse(out)
  return explanation
}

const explainPod = (namespace: string, name: string): Promise<PodExplanation> => explain(namespace, `pod/${name}`)
const explainWeb = (namespace: string, ...args: readonly string[]): Promise<WorkloadExplanation> =>
  explain(namespace, 'deployment/web', ...args)

void t.test('every placed pod is told its group and seat, and what was added to it', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: web, claims: classic })
  const template = templateOf({ app: 'web' }, { tolerations: [{ key: 'own', operator: 'Exists' }] })
  await create(namespace, workloadOf('Deployment', 'web', 5, { template }))
  const pods = await waitStanding(namespace, 5)
  for (const { name, group, seat, node } of pods) {
    const explained = await explainPod(namespace, name)
    t.match(explained, {
      node, seat, verdict: { kind: 'placed', distributor: 'split', group, seat, troubles: [] }, isRequired: true, ruledOut: [],
      constraints: { own: ['toleration own'], others: [] },
    })
    t.same(explained.constraints.added, [
      `node affinity type=${group}`, 'spread over kubernetes.io/hostname (maxSkew 1, ScheduleAnyway)',
      'spread over topology.kubernetes.io/zone (maxSkew 1, ScheduleAnyway)', `deletion cost ${1_000_000_000 - (seat ?? -1)}`,
    ])
    t.same(explained.revision?.groups.map(({ name, pods, wanted }) => ({ name, pods, wanted })), [
      { name: 'default', pods: 4, wanted: 4 }, { name: 'spot', pods: 1, wanted: 1 },
    ])
    t.match(explained.owners, [/^ReplicaSet\/web-/, 'Deployment/web'])
  }
})

void t.test('a pod that waits is told with what the scheduler says', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: web, claims: { default: { weight: 1, base: 0 }, nowhere: { weight: 1, base: 0 } } })
  await create(namespace, workloadOf('Deployment', 'web', 2))
  const pending = await waitFor('one pod cannot be scheduled', async () => {
    const pods = await listPods(namespace)
    return pods.find(({ status }) => status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'))
  })
  const explained = await waitFor('its event is there', async () => {
    const one = await explainPod(namespace, pending.metadata.name)
    return one.schedulerSaid?.event !== undefined && one
  })
  t.match(explained, { verdict: { kind: 'placed', group: 'nowhere' }, schedulerSaid: {
    message: /nodes are available/, event: { message: /nodes are available/, at: /^\d{4}-/ },
  } })
  t.equal(explained.node, undefined)
  const { wrong } = await explainWeb(namespace)
  t.match(wrong?.pending, [{ pod: pending.metadata.name, group: 'nowhere', schedulerSaid: /nodes are available/ }])
})

void t.test('pods that are left alone are told by the reason of their admission', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: { apiVersion: 'apps/v1', kind: 'Deployment' }, claims: classic })
  const { items: [spot] } = await requestApi<{ items: readonly Pick<Pod, 'metadata'>[] }>('GET', '/api/v1/nodes?labelSelector=type%3Dspot')
  const node = spot?.metadata.name ?? ''
  const labelled = (name: string, label: string) => ({ [label]: 'true', app: name })
  const templates = {
    ignored: templateOf(labelled('ignored', 'versprei.io/ignore')), named: templateOf(labelled('named', 'versprei.io/group')),
    pinned: templateOf({ app: 'pinned' }, { nodeName: node }),
  }
  for (const [name, template] of Object.entries(templates)) await create(namespace, workloadOf('Deployment', name, 1, { template }))
  await create(namespace, workloadOf('ReplicaSet', 'other', 1))
  await create(namespace, { kind: 'Pod', metadata: { name: 'bare' }, spec: { containers } })
  await create(namespace, { kind: 'Pod', metadata: { name: 'bare-pinned' }, spec: { containers, nodeName: node } })
  const pods = await waitStanding(namespace, 6)
  const reasons = await Promise.all(pods.map(async ({ name }) => {
    const { verdict } = await explainPod(namespace, name)
    const called = name.startsWith('bare') ? name : name.split('-')[0]
    return [called, verdict.kind === 'left-alone' ? verdict.reason : verdict.kind]
  }))
  t.strictSame(Object.fromEntries(reasons), {
    ignored: 'opted-out', pinned: 'node-name-set', named: 'already-labelled', other: 'no-distributor', bare: 'no-controller',
    'bare-pinned': 'node-name-set',
  })
  const { verdict, beside } = await explain<WorkloadExplanation>(namespace, 'rs/other')
  t.match(verdict, { kind: 'left-alone', reason: 'no-distributor' })
  t.match(beside, [{ name: 'split', why: /ReplicaSet\/other/ }])
})

void t.test('strays are told with what becomes of them', async t => {
  const namespace = await createNamespace(t)
  const template = templateOf({ app: 'web' }, { nodeSelector: { pool: 'p1' } })
  await create(namespace, workloadOf('Deployment', 'web', 2, { template }))
  const [pod] = await waitStanding(namespace, 2)
  await divide(namespace, { target: web, claims: classic })
  const explained = await explainPod(namespace, pod?.name ?? '')
  t.match(explained, { verdict: { kind: 'stray', isOlder: true, fate: { kind: 'stays' } }, strayCause: 'younger-distributor' })
  const workload = await explainWeb(namespace)
  t.same(workload.wrong?.strays.map(({ cause, pods }) => [cause, pods.length]), [['younger-distributor', 2]])
})

void t.test('a rolling update is told by its two revisions', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: web, claims: classic })
  await create(namespace, workloadOf('Deployment', 'web', 10))
  await waitStanding(namespace, 10)
  // Pods that no node takes hold it up.
  const nodeSelector = { 'example.com/nowhere': 'true' }
  await requestApi('PATCH', pathOf(namespace, 'Deployment', 'web'), { body: { spec: { template: { spec: { nodeSelector } } } } })
  const old = await waitFor('the update has come as far as it can', async () => {
    const pods = await listStanding(namespace)
    return pods.length === 13 && pods.every(({ terminating }) => !terminating) && pods.filter(({ node }) => node !== undefined)
  })
  const { revisions, verdict, wrong, forecast } = await explainWeb(namespace, '--replicas', '20')
  t.equal(verdict.kind, 'placed')
  t.same(revisions.map(({ isCurrent, pods }) => [isCurrent, pods]), [[true, 5], [false, 8]])
  const [coming, going] = revisions.map(({ groups }) => Object.fromEntries(groups.map(({ name, pods }) => [name, pods])))
  t.same(coming, { default: 4, spot: 1 })
  t.same(going, countStanding(old))
  t.equal(wrong?.pending.length, 5)
  t.match(forecast, { endsRollout: true, groups: [{ name: 'default', now: 4, after: 16 }, { name: 'spot', now: 1, after: 4 }] })
})

void t.test('what --replicas announces is what a scale then gives', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: web, claims: classic })
  await create(namespace, workloadOf('Deployment', 'web', 7))
  let before = await waitStanding(namespace, 7)
  for (const size of [23, 9, 9, 31, 4, 0, 12]) {
    const { forecast } = await explainWeb(namespace, '--replicas', String(size))
    await scale(namespace, 'deployment/web', size)
    const after = await waitStanding(namespace, size)
    const told = (forecast?.groups ?? []).filter(group => group.after > 0).map(group => [group.name, group.after])
    t.same(Object.fromEntries(told), countStanding(after), `the groups at ${size}`)
    const [had, has] = [new Set(before.map(({ uid }) => uid)), new Set(after.map(({ uid }) => uid))]
    const gone = before.filter(({ uid }) => !has.has(uid)).map(({ name, seat }) => `${name} ${seat}`)
    t.same((forecast?.goes ?? []).map(({ pod, seat }) => `${pod} ${seat}`).toSorted(), gone.toSorted(), `who goes at ${size}`)
    const come = after.filter(({ uid }) => !had.has(uid)).map(({ seat = -1 }) => seat)
    t.same(forecast?.comes.toSorted((a, b) => a - b), come.toSorted((a, b) => a - b), `the seats that are taken at ${size}`)
    before = after
  }
})
