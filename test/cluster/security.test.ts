import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { apply, callApi, createNamespace, kubectl, requestApi, waitFor, type Pod } from './cluster.ts'
import { distributorOf, divide, placedBy } from './divide.ts'
import { groupsOfSeats } from './expect-sequence.ts'
import { classic } from './fairness.ts'
import { listStanding, waitStanding } from './pod-standing.ts'
import { create, pathOf, resize } from './resources.ts'
import { containers, workloadOf } from './workloads.ts'

/** What a tenant may know of the workload of another: all that `get` would tell. */
interface Victim {
  readonly namespace: string
  readonly replicaSet: string
  readonly uid: string
  readonly hash: string
}

const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const first = 10
/** A Deployment that is placed 80/20, by a distributor of its name. */
async function startVictim(t: Test): Promise<Victim> {
  const namespace = await createNamespace(t)
  await divide(namespace, { name: 'web', target, claims: classic })
  await create(namespace, workloadOf('Deployment', 'web', first))
  await waitStanding(namespace, first)
  const sets = await requestApi<{ items: readonly Pod[] }>('GET', pathOf(namespace, 'ReplicaSet'))
  const { name, uid, labels = {} } = sets.items[0]!.metadata
  return { namespace, replicaSet: name, uid, hash: labels['pod-template-hash']! }
}

/** A ServiceAccount that may create these resources in one namespace, and nothing else. Returns its user name. */
async function admitTenant(namespace: string, ...resources: readonly string[]): Promise<string> {
  await apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'tenant' } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'tenant' },
      rules: [{ apiGroups: ['', 'versprei.versprei.io'], resources, verbs: ['create'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'tenant' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tenant' },
      subjects: [{ kind: 'ServiceAccount', name: 'tenant', namespace }],
    },
  ], { namespace })
  const as = `system:serviceaccount:${namespace}:tenant`
  await waitFor('the tenant may', async () => await kubectl('auth', 'can-i', 'create', resources[0]!, '--namespace', namespace, '--as', as).then(() => true))
  return as
}

interface Forged {
  readonly name: string
  /** Of its controlling owner, beside the uid. The garbage collector cannot look up a kind that there is not, and leaves its pods. */
  readonly owner: (victim: Victim) => { readonly apiVersion: string, readonly kind: string, readonly name: string }
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly spec?: object
}

const ghost = () => ({ apiVersion: 'example.com/v1', kind: 'Ghost', name: 'ghost' })
const marks = { 'versprei.io/distributor': 'web', 'versprei.io/group': 'default' }
/** Pods that say they have been placed in the victim's revision, in every way by which the webhook might not look at them. */
const forgeries: readonly Forged[] = [
  { name: 'of-its-replicaset', owner: ({ replicaSet }) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSet }) },
  { name: 'of-a-replicaset-that-is-not', owner: () => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-none' }) },
  { name: 'of-a-ghost', owner: ghost },
  { name: 'that-opted-out', owner: ghost, labels: { 'versprei.io/ignore': 'true' } },
  { name: 'with-a-node', owner: ghost, spec: { nodeName: 'versprei-default-0' } },
  { name: 'of-a-daemonset', owner: () => ({ apiVersion: 'apps/v0', kind: 'DaemonSet', name: 'log' }) },
  { name: 'of-a-mirror', owner: ghost, annotations: { 'kubernetes.io/config.mirror': 'a' }, spec: { nodeName: 'versprei-default-0' } },
]

/** Creates each of them three times, on the next seats. */
async function forge(namespace: string, as: string, victim: Victim): Promise<void> {
  for (const { name, owner, labels, annotations, spec } of forgeries) {
    for (const seat of [first, first + 1, first + 2]) {
      await requestApi('POST', pathOf(namespace, 'Pod'), { as, body: {
        metadata: {
          name: `${name}-${seat}`, labels: { ...marks, ...labels, app: 'forged' },
          annotations: { 'versprei.io/seat': `${seat}`, 'versprei.io/admission': randomUUID(), ...annotations },
          ownerReferences: [{ ...owner(victim), uid: victim.uid, controller: true }],
        },
        spec: { automountServiceAccountToken: false, containers, ...spec },
      } })
    }
  }
}

const web = { selector: 'app=web' }
const forged = { selector: 'app=forged' }
/** Grows the victim, and looks at each of its pods: the seats are the first ones, and each stands on the group of its own. */
async function growsExactly(t: Test, { namespace }: Victim, ...sizes: readonly number[]): Promise<void> {
  for (const size of sizes) {
    await resize(namespace, 'Deployment', 'web', size)
    const pods = (await waitStanding(namespace, size, web)).toSorted((a, b) => (a.seat ?? -1) - (b.seat ?? -1))
    t.same(pods.map(({ seat }) => seat), [...Array.from({ length: size }).keys()], `${size} pods are on the first seats`)
    t.same(pods.map(({ group }) => group), groupsOfSeats(classic, size), 'each on the group of its seat')
    const told = await waitFor('its status is of this size', async () => {
      const { status } = await requestApi<{ status?: { pods?: number, conditions?: Pod['status']['conditions'] } }>(
        'GET', pathOf(namespace, 'PodDistributor', 'web'))
      return status?.pods === size && status
    }, { timeout: 10_000 })
    t.equal(told.conditions?.find(({ type }) => type === 'Balanced')?.status, 'True', 'and its distributor says that it is balanced')
  }
}

void t.test('who may create pods and PodDistributors in one namespace moves no pod of another, whatever theirs say', async t => {
  const victim = await startVictim(t)
  const namespace = await createNamespace(t)
  const as = await admitTenant(namespace, 'pods', 'poddistributors')
  const mine = distributorOf({ name: 'web', target, claims: { spot: { weight: 1, base: 0 } } })
  for (const [kind, body] of [['Pod', { metadata: { name: 'a' }, spec: { containers } }], ['PodDistributor', mine]] as const) {
    t.equal((await callApi('POST', pathOf(victim.namespace, kind), { as, body })).status, 403, `no ${kind} there`)
    for (const verb of ['GET', 'DELETE'] as const) t.equal((await callApi(verb, pathOf(victim.namespace, kind, 'web'), { as })).status, 403, verb)
    t.equal((await callApi('PATCH', pathOf(victim.namespace, kind, 'web'), { as, body: {} })).status, 403, 'PATCH')
  }
  await requestApi('POST', pathOf(namespace, 'PodDistributor'), { as, body: mine })
  await waitFor('it holds in its own namespace', async () => await placedBy(namespace, target) === 'web')
  await forge(namespace, as, victim)
  await growsExactly(t, victim, 11, 20)
})

void t.test('who may create pods in a namespace gives no seat of a workload there away, whatever their labels, annotations and owners say', async t => {
  const victim = await startVictim(t)
  const as = await admitTenant(victim.namespace, 'pods')
  await forge(victim.namespace, as, victim)
  await growsExactly(t, victim, 11, 20)
  const left = (await listStanding(victim.namespace, forged)).filter(({ owner }) => owner === victim.uid)
  const kinds = [...new Set(left.map(({ name }) => name.replace(/-\d+$/u, '')))]
  t.same(kinds, ['of-a-daemonset', 'of-a-ghost', 'of-a-mirror', 'that-opted-out', 'with-a-node'], 'those that Kubernetes leaves were there all the while')
})

void t.test('a pod that a tenant gives the owner of another workload\'s pods is one of them, or none: the shares of all are kept', async t => {
  const victim = await startVictim(t)
  const { namespace, replicaSet, uid, hash } = victim
  const as = await admitTenant(namespace, 'pods')
  const pods = [
    { name: 'selected', owner: replicaSet, labels: { app: 'web', 'pod-template-hash': hash } },
    { name: 'not-selected', owner: replicaSet, labels: { app: 'forged', 'pod-template-hash': hash } },
    { name: 'of-another-name', owner: 'web-none', labels: { app: 'forged', 'pod-template-hash': 'none' } },
  ]
  for (const { name, owner, labels } of pods) {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid, controller: true }]
    const annotations = { 'versprei.io/seat': '0', 'versprei.io/admission': 'forged' }
    const body = { metadata: { name, labels, annotations, ownerReferences }, spec: { automountServiceAccountToken: false, containers } }
    const made = await requestApi<Pod>('POST', pathOf(namespace, 'Pod'), { as, body })
    t.not(made.metadata.annotations?.['versprei.io/admission'], 'forged', `${name} has a seat that was given`)
  }
  await waitFor('its controller and the garbage collector have let go of those that are none of its pods', async () =>
    (await listStanding(namespace, forged)).every(({ owner }) => owner !== uid))
  await waitStanding(namespace, first, web)
  await growsExactly(t, victim, 20)
})
