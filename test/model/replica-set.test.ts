import t from 'tap'
import { mayRemove, podsToDelete, type ControlledPod } from '../../src/survey/removal-order.ts'
import { slowStart } from './replica-set.ts'

const now = Date.UTC(2026, 0, 2)
const minute = 60_000
const hour = 60 * minute

/** A Ready pod on a node of its own, an hour old. */
const pod = (uid: string, fields: Partial<ControlledPod> = {}): ControlledPod => ({
  uid, name: uid, created: now - hour, ready: true, readySince: now - hour, node: `node-of-${uid}`, phase: 'Running', cost: undefined,
  restarts: 0, ...fields,
})
const unready = { ready: false, readySince: undefined }

/** All pods in the order in which they would go: one more each time. */
function order(pods: readonly ControlledPod[], related = pods): string {
  const gone: string[] = []
  for (let count = 1; count <= pods.length; count += 1) {
    gone.push(...podsToDelete(pods, count, now, related).map(({ uid }) => uid).filter(uid => !gone.includes(uid)))
  }
  return gone.join(' ')
}

/** From `ActivePodsWithRanks.Less`, one row a rule, each also against the rules after it. */
const rules: readonly { readonly name: string, readonly pods: readonly ControlledPod[], readonly want: string }[] = [
  {
    name: 'a pod without a node goes before one that is scheduled, whatever their costs',
    pods: [pod('a', { cost: -5 }), pod('b', { cost: 9, node: undefined, phase: 'Pending', ...unready })], want: 'b a',
  },
  {
    name: 'pending goes before unknown, and that before running',
    pods: [
      pod('a', { ...unready, cost: 1 }), pod('b', { phase: 'Unknown', ...unready, cost: 2 }),
      pod('c', { phase: 'Pending', ...unready, cost: 3 }),
    ], want: 'c b a',
  },
  { name: 'not ready goes before ready, whatever their costs', pods: [pod('a', { cost: 1 }), pod('b', { cost: 9, ...unready })], want: 'b a' },
  {
    name: 'the lower cost goes first, and none counts as 0',
    pods: [pod('a', { cost: 1_000_000_000 }), pod('b', { cost: -1 }), pod('c'), pod('d', { cost: 999_999_999 })], want: 'b c d a',
  },
  {
    name: 'a pod that shares its node with more goes before one that was ready later',
    pods: [pod('a', { readySince: now - minute }), pod('b', { node: 'x', restarts: 1 }), pod('c', { node: 'x' })], want: 'b c a',
  },
  {
    name: 'the lower cost goes before the pod that shares its node',
    pods: [pod('a', { cost: 1 }), pod('b', { node: 'x', cost: 2 }), pod('c', { node: 'x', cost: 3 })], want: 'a b c',
  },
  { name: 'ready for a minute goes before ready for an hour', pods: [pod('a'), pod('b', { readySince: now - minute })], want: 'b a' },
  {
    // log₂ of 40 and 60 minutes in nanoseconds: 41.1 and 41.7, both 41.
    name: 'ready for 40 and for 60 minutes are alike: the lesser uid goes first',
    pods: [pod('b', { readySince: now - 40 * minute }), pod('a')], want: 'a b',
  },
  {
    // 2⁴¹ ns are 36.65 minutes.
    name: 'ready for 36 and for 37 minutes are not',
    pods: [pod('a', { readySince: now - 37 * minute }), pod('b', { readySince: now - 36 * minute })], want: 'b a',
  },
  { name: 'more restarts go first', pods: [pod('a', { restarts: 1 }), pod('b', { restarts: 2 }), pod('c')], want: 'b a c' },
  {
    name: 'restarts of sidecars tell only pods apart that have restarted as often',
    pods: [pod('a', { sidecarRestarts: 3 }), pod('b', { restarts: 1 }), pod('c', { sidecarRestarts: 1 })], want: 'b a c',
  },
  { name: 'the newer goes first', pods: [pod('a'), pod('b', { created: now - minute })], want: 'b a' },
  {
    name: 'ages are compared by their logarithm, too',
    pods: [pod('b', { ...unready, created: now - 40 * minute }), pod('a', { ...unready })], want: 'a b',
  },
]

void t.test('pods go in the order of the ReplicaSet controller', async t => {
  for (const { name, pods, want } of rules) {
    t.equal(order(pods), want, name)
    t.equal(order(pods.toReversed()), want, `${name}; in the other order`)
  }
})

void t.test('pods of the Deployment\'s other ReplicaSets count on their nodes, too', async t => {
  const pods = [pod('a'), pod('b')]
  t.equal(order(pods), 'a b')
  t.equal(order(pods, [...pods, pod('c', { node: 'node-of-b' })]), 'b a')
})

void t.test('all go where all are too many', async t => {
  t.same(podsToDelete([pod('a'), pod('b')], 2, now).map(({ uid }) => uid), ['a', 'b'])
  t.same(podsToDelete([], 0, now), [])
})

void t.test('of pods it cannot tell apart the controller may remove any', async t => {
  const pods = [pod('a', { cost: 1 }), pod('b', { cost: 1 }), pod('c', { cost: 2 })]
  t.ok(mayRemove(pods, new Set(['a']), now))
  t.ok(mayRemove(pods, new Set(['b']), now))
  t.notOk(mayRemove(pods, new Set(['c']), now))
  t.notOk(mayRemove(pods, new Set(['a', 'c']), now))
  t.notOk(mayRemove(pods, new Set(['z']), now), 'none of its pods')
  t.ok(mayRemove(pods, new Set(), now))
})

void t.test('pods are created in batches that double, 500 at most in one sync', async t => {
  t.same(slowStart(0), [])
  t.same(slowStart(1), [1])
  t.same(slowStart(10), [1, 2, 4, 3])
  t.same(slowStart(1000), [1, 2, 4, 8, 16, 32, 64, 128, 245])
})
