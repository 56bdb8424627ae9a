import t from 'tap'
import { createRandom } from '../model/random.ts'
import { mayRemove, type ControlledPod } from '../../src/survey/removal-order.ts'
import { createNamespace } from './cluster.ts'
import { divide } from './divide.ts'
import { classic, isFair } from './fairness.ts'
import { takeRandomSteps, type SettledPod, type Step } from './random-steps.ts'
import { couldRemove } from './removals.ts'
import { printSeed } from './seed.ts'

const bySeat = (a: SettledPod, b: SettledPod) => (a.seat ?? Infinity) - (b.seat ?? Infinity)
const uids = (pods: readonly SettledPod[]): ReadonlySet<string> => new Set(pods.map(({ uid }) => uid))

function countGroups(pods: readonly SettledPod[]): Readonly<Record<string, number>> {
  return Object.fromEntries(Map.groupBy(pods, ({ group }) => group).entries().map(([group, { length }]) => [group, length]))
}

const controlled = ({ uid, name, created, ready, node, cost }: SettledPod): ControlledPod => ({
  uid, name, node, cost, created: Date.parse(created), ready: ready !== undefined,
  readySince: ready === undefined ? undefined : Date.parse(ready), phase: 'Running', restarts: 0,
})

/** Scale-ins that the model of the ReplicaSet controller would not have made so, at any moment between the asking and the end. */
function unlikeTheModel(history: readonly Step[], mayBeSo: typeof couldRemove): readonly string[] {
  return history.slice(1).flatMap(({ size, begun, settled, pods }, index) => {
    const before = history[index]!.pods
    const gone = uids(before).difference(uids(pods))
    const moments = Array.from({ length: Math.ceil((settled - begun) / 10) + 1 }, (_, step) => begun + 10 * step)
    return moments.some(now => mayBeSo(before.map(controlled), gone, now)) ? [] : [`${before.length} to ${size}`]
  })
}

void t.test('30 random scale-ups and scale-ins: within the bound each time, and the highest seats go, as in the model', async t => {
  const namespace = await createNamespace(t)
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  await divide(namespace, { target, claims: classic })
  const history = await takeRandomSteps(namespace, { random: createRandom(printSeed(t)), steps: 30, largest: 120 })
  t.equal(history.length, 31)
  t.comment(`sizes ${history.map(({ size }) => size).join(' ')}`)
  for (const { size, pods } of history) {
    t.equal(pods.length, size)
    isFair(t, classic, countGroups(pods))
  }
  for (const [index, { size, pods }] of history.entries()) {
    const before = history[index - 1]?.pods ?? []
    if (size > before.length) t.ok(uids(before).isSubsetOf(uids(pods)), `${before.length} to ${size}: all that were there stayed`)
    else t.same(uids(pods), uids(before.toSorted(bySeat).slice(0, size)), `${before.length} to ${size}: the highest seats went`)
  }
  t.same(unlikeTheModel(history, mayRemove), [], 'as in the model')
})

void t.test('12 random steps of a workload that nobody places: the model removes what the ReplicaSet controller removes', async t => {
  const history = await takeRandomSteps(await createNamespace(t), { random: createRandom(printSeed(t)), steps: 12, largest: 60 })
  t.comment(`sizes ${history.map(({ size }) => size).join(' ')}`)
  t.ok(history.every(({ pods }) => pods.every(({ cost }) => cost === 0)), 'no costs decide')
  t.same(unlikeTheModel(history, couldRemove), [], 'as in the model')
})
