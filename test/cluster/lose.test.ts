import t, { type Test } from 'tap'
import type { Foresight, Outlook } from '../../src/survey/lose/outlook.ts'
import { callApi, createNamespace, isReady, requestApi, waitFor, waitReady } from './cluster.ts'
import { runHere } from './command.ts'
import { placedBy } from './divide.ts'
import { listStanding } from './pod-standing.ts'
import { create } from './resources.ts'
import { workloadOf } from './workloads.ts'

const key = 'versprei-test/lose'
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

/** Nodes that kwok plays, by the group that each belongs to; no other pod is sent there. They are deleted after the test. */
const addNodes = async (t: Test, groups: readonly string[], cpu: number): Promise<void> => {
  const room = { cpu: `${cpu}`, memory: '64Gi', pods: '110' }
  const names = groups.map((group, index) => [`versprei-lose-${group}-${index}`, group] as const)
  for (const [name, group] of names) {
    t.teardown(() => callApi('DELETE', `/api/v1/nodes/${name}`))
    await requestApi('POST', '/api/v1/nodes', { body: {
      metadata: { name, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { 'kubernetes.io/hostname': name, [key]: group } },
      spec: { taints: [{ key, value: 'mine', effect: 'NoSchedule' }] }, status: { capacity: room, allocatable: room },
    } })
  }
  for (const [name] of names) await waitFor(`${name} is Ready and takes pods`, async () => {
      const node = await requestApi<{ readonly spec: { readonly taints?: readonly object[] }, readonly status: object }>('GET', `/api/v1/nodes/${name}`)
      return isReady(node) && node.spec.taints?.length === 1
    })
}

interface Case {
  readonly name: string
  /** Of each node, its group. */
  readonly nodes: readonly string[]
  readonly cpu: number
  readonly replicas: number
  readonly enforcement?: string
  readonly lose: readonly string[]
  /** What must be foreseen, so that the agreement is about something. */
  readonly want: Pick<Outlook, 'pods' | 'left' | 'fit' | 'wait'> & { readonly after: readonly number[] }
}

const cases: readonly Case[] = [
  {
    name: 'everything fits', nodes: ['a', 'a', 'a', 'b', 'b'], cpu: 16, replicas: 12, lose: ['node=versprei-lose-a-0'],
    want: { pods: 12, left: 10, fit: 2, wait: 0, after: [6, 6] },
  },
  {
    name: 'room is short', nodes: ['c', 'c', 'd', 'd'], cpu: 4, replicas: 12, lose: ['node=versprei-lose-c-0'],
    want: { pods: 12, left: 9, fit: 1, wait: 2, after: [4, 6] },
  },
  {
    name: 'a group that is required is lost', nodes: ['e', 'e', 'f', 'f'], cpu: 16, replicas: 9, lose: ['group=f'],
    want: { pods: 9, left: 5, fit: 0, wait: 4, after: [5, 0] },
  },
  {
    name: 'a group that is preferred is lost, by a label: its seats go to the one that is left', nodes: ['g', 'g', 'h', 'h'], cpu: 16, replicas: 9,
    enforcement: 'Preferred', lose: [`${key}=h`], want: { pods: 9, left: 5, fit: 4, wait: 0, after: [9, 0] },
  },
  {
    name: 'a group that is preferred is lost, and the other has no room for all', nodes: ['i', 'i', 'j', 'j'], cpu: 4, replicas: 10,
    enforcement: 'Preferred', lose: ['group=j'], want: { pods: 10, left: 5, fit: 3, wait: 2, after: [8, 0] },
  },
]

/** What stands where, of pods that were there before, and of those that came since. */
const look = async (namespace: string, lost: ReadonlySet<string>, before: ReadonlySet<string>, groups: readonly string[]) => {
  const pods = (await listStanding(namespace, { key })).filter(({ terminating }) => !terminating)
  const standing = pods.filter(({ node }) => node !== undefined)
  return {
    onLost: standing.filter(({ node }) => lost.has(node ?? '')).length,
    left: standing.filter(({ uid }) => before.has(uid)).length, fit: standing.filter(({ uid }) => !before.has(uid)).length,
    wait: pods.length - standing.length, after: groups.map(group => pods.filter(pod => pod.group === group).length),
  }
}

/** A Deployment whose pods run on these nodes alone, divided evenly by a distributor. Returns its namespace. */
const openWeb = async (t: Test, { nodes, cpu, replicas, enforcement }: Case): Promise<string> => {
  await addNodes(t, nodes, cpu)
  const namespace = await createNamespace(t)
  const distribution = [...new Set(nodes)].map(group => ({ name: group, nodeLabel: { [key]: group }, weight: 1 }))
  await create(namespace, {
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'split' },
    spec: { target, distribution, ...(enforcement !== undefined && { enforcement }) },
  })
  await waitFor('Versprei places by it', async () => await placedBy(namespace, target) === 'split')
  const spec = {
    containers: [{ name: 'app', image: 'app', resources: { requests: { cpu: '1' } } }], tolerations: [{ key, operator: 'Exists', effect: 'NoSchedule' }],
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'Exists' }] }] } } },
  }
  await create(namespace, workloadOf('Deployment', 'web', replicas, { template: { metadata: { labels: { app: 'web' } }, spec } }))
  await waitReady(namespace, 'web', replicas)
  return namespace
}

/** Their pods are evicted at once, and no other is sent there. */
const loseNodes = async (names: Iterable<string>): Promise<void> => {
  for (const name of names) {
    const taints = [{ key, value: 'mine', effect: 'NoSchedule' }, { key: `${key}-lost`, value: 'yes', effect: 'NoExecute' }]
    await requestApi('PATCH', `/api/v1/nodes/${name}`, { body: { spec: { taints } } })
  }
}

interface Waiting { readonly spec: { readonly nodeName?: string }, readonly status: { readonly conditions?: readonly { readonly reason?: string }[] } }

/** Whether the scheduler has looked at every pod without a node, and found none. */
const haveAllBeenRefused = async (namespace: string): Promise<boolean> => {
  const { items } = await requestApi<{ readonly items: readonly Waiting[] }>('GET', `/api/v1/namespaces/${namespace}/pods`)
  return items.filter(({ spec }) => spec.nodeName === undefined)
    .every(({ status }) => status.conditions?.some(({ reason }) => reason === 'Unschedulable') === true)
}

for (const one of cases) {
  void t.test(`what is foreseen of a loss is what happens: ${one.name}`, async t => {
    const groups = [...new Set(one.nodes)]
    const namespace = await openWeb(t, one)
    const asked = ['plan', 'split', '-n', namespace, ...one.lose.flatMap(what => ['--lose', what])]
    const foreseen: Foresight = JSON.parse((await runHere([...asked, '-o', 'json'])).out)
    const outlooks = foreseen.workloads.map(({ pods, left, fit, wait, unsure, groups: all }) =>
      ({ pods, left, fit, wait, unsure, after: all.map(({ after }) => after) }))
    t.strictSame(outlooks, [{ ...one.want, unsure: 0 }], (await runHere(asked)).out)

    const { left, fit, wait, after } = one.want
    const want = { onLost: 0, left, fit, wait, after }
    const lost = new Set(foreseen.nodes)
    const before = new Set((await listStanding(namespace)).map(({ uid }) => uid))
    await loseNodes(lost)
    // The ReplicaSet controller, admission and the scheduler do the rest.
    await waitFor('what is lost is gone, and what can be replaced is', async () => {
      const now = await look(namespace, lost, before, groups)
      if (JSON.stringify(now) !== JSON.stringify(want)) throw new Error(JSON.stringify(now))
      return true
    })
    await waitFor('those that wait have been refused by the scheduler', () => haveAllBeenRefused(namespace))
    t.strictSame(await look(namespace, lost, before, groups), want, 'and so it stays')
  })
}
