import t from 'tap'
import { applyPatch, valueAt } from '../apply-patch.ts'
import { ownedBy, pod } from '../known.ts'
import { markPatch } from '../../../src/placement/patch/mark-patch.ts'
import { readPod } from '../../../src/placement/pod.ts'

const cost = 'controller.kubernetes.io/pod-deletion-cost'
const labels = { 'versprei.io/distributor': 'web', 'versprei.io/group': 'a' }
const annotations = { 'versprei.io/seat': '1048575', 'versprei.io/admission': 'u' }

function marked(metadata: Readonly<Record<string, unknown>>): unknown {
  const object = { metadata: { ownerReferences: ownedBy('apps/v1', 'ReplicaSet', 'web'), ...metadata }, spec: {} }
  const read = readPod(object)
  const patch = 'pod' in read ? markPatch(read.pod, { distributor: 'web', group: 'a', seat: 1_048_575, admission: 'u' }) : undefined
  if (patch === undefined) return undefined
  const patched = applyPatch(object, patch)
  return { labels: valueAt(patched, 'metadata', 'labels'), annotations: valueAt(patched, 'metadata', 'annotations') }
}

void t.test('writes where the pod was placed beside what it has', async t => {
  const withCost = { ...annotations, [cost]: '998951425' }
  const cases: readonly { name: string, metadata: Readonly<Record<string, unknown>>, want: unknown }[] = [
    { name: 'nothing', metadata: {}, want: { labels, annotations: withCost } },
    { name: 'nulls', metadata: { labels: null, annotations: null }, want: { labels, annotations: withCost } },
    { name: 'empty', metadata: { labels: {}, annotations: {} }, want: { labels, annotations: withCost } },
    {
      name: 'some', metadata: { labels: { app: 'x' }, annotations: { 'a/b~c': 'y' } },
      want: { labels: { app: 'x', ...labels }, annotations: { 'a/b~c': 'y', ...withCost } },
    },
    {
      name: 'a deletion cost of its own stays', metadata: { annotations: { [cost]: '-5' } },
      want: { labels, annotations: { [cost]: '-5', ...annotations } },
    },
    {
      name: 'the cost of a seat, from a template copied from a running pod, is none of its own',
      metadata: { annotations: { [cost]: '999999993', 'versprei.io/seat': '7' } }, want: { labels, annotations: withCost },
    },
    { name: 'even an empty one', metadata: { annotations: { [cost]: '' } }, want: { labels, annotations: { [cost]: '', ...annotations } } },
    {
      name: 'ours in a template are overwritten', metadata: { annotations: { 'versprei.io/seat': '3' } },
      want: { labels, annotations: withCost },
    },
    {
      name: 'a ReplicationController goes by the cost as well', metadata: { ownerReferences: ownedBy('v1', 'ReplicationController', 'old') },
      want: { labels, annotations: withCost },
    },
    {
      name: 'somebody else\'s ReplicaSet need not', metadata: { ownerReferences: ownedBy('example.com/v1', 'ReplicaSet', 'db') },
      want: { labels, annotations },
    },
    {
      name: 'no cost but for a ReplicaSet\'s', metadata: { ownerReferences: ownedBy('apps/v1', 'StatefulSet', 'db') },
      want: { labels, annotations },
    },
  ]
  for (const { name, metadata, want } of cases) t.strictSame(marked(metadata), want, name)
})

void t.test('the highest seat has the lowest cost, above that of a pod without one', async t => {
  const read = readPod(pod())
  if ('wrong' in read) throw new Error(read.wrong)
  const costs = [0, 1, 1_048_575].map(seat => {
    const patch = markPatch(read.pod, { distributor: 'web', group: 'a', seat, admission: 'u' })
    return Number(valueAt(patch?.at(-1)?.value, cost))
  })
  t.strictSame(costs, costs.toSorted((a, b) => b - a))
  t.ok(costs.every(one => Number.isInteger(one) && one > 0 && one < 2 ** 31), 'plain int32')
})
