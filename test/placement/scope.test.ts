import t from 'tap'
import { decideOn, know, ownedBy, pod, written } from './known.ts'
import type { Request, SkipReason } from '../../src/placement/scope.ts'

void t.test('what is out of scope is left untouched, for the first reason that holds', async t => {
  const cases: readonly { name: string, want: SkipReason, object?: unknown, fields?: Partial<Request> }[] = [
    { name: 'an update', want: 'not-create', fields: { operation: 'UPDATE' } },
    { name: 'a deletion, without an object', want: 'not-create', object: null, fields: { operation: 'DELETE' } },
    { name: 'a subresource', want: 'subresource', fields: { subResource: 'binding', kind: { group: '', kind: 'Binding' } } },
    { name: 'another kind', want: 'not-a-pod', fields: { kind: { group: '', kind: 'Service' } } },
    { name: 'a Pod of another API group', want: 'not-a-pod', fields: { kind: { group: 'metrics.k8s.io', kind: 'Pod' } } },
    { name: 'no object', want: 'no-object', object: null },
    { name: 'kube-system', want: 'kube-system', fields: { namespace: 'kube-system' } },
    { name: 'our own namespace', want: 'own-namespace', fields: { namespace: 'versprei-system' } },
    { name: 'a mirror pod', want: 'mirror-pod', object: pod({}, { annotations: { 'kubernetes.io/config.mirror': '' } }) },
    { name: 'a pod that stands already', want: 'node-name-set', object: pod({ nodeName: 'a' }) },
    { name: 'opted out', want: 'opted-out', object: pod({}, { labels: { 'versprei.io/ignore': 'true' } }) },
    { name: 'no owner', want: 'no-controller', object: pod({}, { ownerReferences: [] }) },
    {
      name: 'an owner that is no controller', want: 'no-controller',
      object: pod({}, { ownerReferences: ownedBy('v1', 'X', 'x').map(one => ({ ...one, controller: false })) }),
    },
    { name: 'a DaemonSet\'s', want: 'daemonset', object: pod({}, { ownerReferences: ownedBy('apps/v1', 'DaemonSet', 'log') }) },
    {
      name: 'another workload\'s', want: 'no-distributor',
      object: pod({}, { ownerReferences: ownedBy('apps/v1', 'ReplicaSet', 'api-5d4f') }),
    },
    { name: 'another namespace\'s', want: 'no-distributor', fields: { namespace: 'other' } },
    {
      name: 'our distributor label', want: 'already-labelled',
      object: pod({}, { labels: { 'pod-template-hash': '5d4f', 'versprei.io/distributor': 'web' } }),
    },
    {
      name: 'our group label', want: 'already-labelled',
      object: pod({}, { labels: { 'pod-template-hash': '5d4f', 'versprei.io/group': '' } }),
    },
  ]
  for (const { name, want, object = pod(), fields = {} } of cases) {
    const decision = decideOn(know(), object, fields)
    t.equal(decision.kind === 'skip' ? decision.reason : 'placed', want, name)
    t.equal(
      decision.kind === 'skip' && decision.warning !== undefined, want === 'already-labelled',
      `${name}: a warning where the user can act`
    )
  }
})

void t.test('what only looks like a reason is placed', async t => {
  const cases: readonly { name: string, object: unknown }[] = [
    { name: 'an empty nodeName', object: pod({ nodeName: '' }) },
    {
      name: 'the ignore label with another value',
      object: pod({}, { labels: { 'pod-template-hash': '5d4f', 'versprei.io/ignore': 'false' } }),
    },
    {
      name: 'our annotations in the template',
      object: pod({}, { annotations: { 'versprei.io/seat': '7', 'versprei.io/admission': 'old' } }),
    },
  ]
  for (const { name, object } of cases) t.match(decideOn(know(), object), { kind: 'place', seat: 0 }, name)
})

void t.test('a DaemonSet of another API group is a controller as any other', async t => {
  const knowledge = know(written({ target: { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'DaemonSet', name: 'log' } }))
  t.equal(decideOn(knowledge, pod({}, { ownerReferences: ownedBy('apps.kruise.io/v1alpha1', 'DaemonSet', 'log') })).kind, 'place')
})
