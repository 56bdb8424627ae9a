import t from 'tap'
import { readBudget } from '../../src/survey/read-budget.ts'
import { readNode } from '../../src/survey/read-node.ts'
import { readOwner } from '../../src/survey/read-owner.ts'
import { readPod } from '../../src/survey/read-pod.ts'

const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'r1' }

void t.test('a pod: what counts, where it is, whose it is', t => {
  const metadata = {
    namespace: 'shop', name: 'web-1-a', uid: 'p1', labels: { app: 'web' }, managedFields: [{ manager: 'x' }],
    annotations: { 'versprei.io/seat': '3', 'controller.kubernetes.io/pod-deletion-cost': '5', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    ownerReferences: [{ ...replicaSet, uid: 'other', controller: false }, { ...replicaSet, controller: true }],
  }
  const spec = { nodeName: 'n1', containers: [{ resources: { requests: { cpu: '1' } } }] }
  const pod = {
    namespace: 'shop', name: 'web-1-a', uid: 'p1', labels: { app: 'web' },
    annotations: { 'versprei.io/seat': '3', 'controller.kubernetes.io/pod-deletion-cost': '5' },
    owner: { group: 'apps', kind: 'ReplicaSet', name: 'web-1', uid: 'r1' },
    phase: 'Running', isReady: true, isLeaving: false, node: 'n1', requests: { cpu: 1000 }, unschedulable: undefined,
  }
  const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
  t.strictSame(readPod({ metadata, spec, status: running }), pod)
  const waiting = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }] }
  t.strictSame(readPod({ metadata: { name: 'x', uid: 'u', deletionTimestamp: '2026-01-01T00:00:00Z' }, spec: { containers: [] }, status: waiting }), {
    namespace: '', name: 'x', uid: 'u', labels: {}, annotations: {}, owner: undefined, phase: 'Pending', isReady: false, isLeaving: true,
    node: undefined, requests: {}, unschedulable: '0/3 nodes',
  })
  t.equal(readPod({ metadata, spec, status: waiting })?.unschedulable, undefined, 'what was said before it had a node is past')
  t.equal(readPod({ metadata, spec, status: { phase: 'Dancing' } })?.phase, 'Unknown')
  t.same([readPod(null), readPod({}), readPod({ metadata: { name: 'x' } })], [undefined, undefined, undefined])
  t.end()
})

void t.test('a node: its room, its taints, whether it takes pods', t => {
  t.strictSame(readNode({
    metadata: { name: 'n1', uid: 'u', labels: { zone: 'a' } },
    spec: { unschedulable: true, taints: [{ key: 'spot', value: 'true', effect: 'NoSchedule' }, { key: 'x', effect: 'NoExecute' }] },
    status: { allocatable: { cpu: '2' }, conditions: [{ type: 'Ready', status: 'True' }] },
  }), {
    name: 'n1', labels: { zone: 'a' }, isReady: true, isUnschedulable: true, allocatable: { cpu: 2000 },
    taints: [{ key: 'spot', value: 'true', effect: 'NoSchedule' }, { key: 'x', value: '', effect: 'NoExecute' }],
  })
  t.strictSame(readNode({ metadata: { name: 'n2', uid: 'u' } }), {
    name: 'n2', labels: {}, isReady: false, isUnschedulable: false, allocatable: {}, taints: [],
  })
  t.end()
})

void t.test('a workload: whether it was asked for, how many pods it wants, its template where that was asked for', t => {
  const template = { spec: { containers: [] } }
  const object = (ownerReferences: readonly object[] = []) => ({
    metadata: { namespace: 'shop', name: 'web', uid: 'u', labels: { a: 'b' }, ownerReferences }, spec: { replicas: 3, parallelism: 5, template },
  })
  const asked = { isAsked: true, withTemplate: false }
  const base = { namespace: 'shop', name: 'web', uid: 'u', labels: { a: 'b' }, owner: undefined, isAsked: true, replicas: 3, template: undefined }
  t.strictSame(readOwner('Deployment', object(), asked), { group: 'apps', kind: 'Deployment', ...base })
  t.strictSame(readOwner('Job', object(), { ...asked, withTemplate: true }), { group: 'batch', kind: 'Job', ...base, replicas: 5, template, selector: undefined, hasClaims: false })
  const held = (kind: 'Deployment' | 'StatefulSet' | 'Rollout' | 'ReplicaSet', spec: object): unknown =>
    readOwner(kind, { ...object(), spec }, { ...asked, withTemplate: true })?.holdsBack
  t.strictSame(held('Deployment', { paused: true }), { by: 'paused' })
  t.strictSame(held('Rollout', { paused: true }), { by: 'paused' })
  t.equal(held('Deployment', { paused: false }), undefined)
  t.strictSame(held('StatefulSet', { updateStrategy: { type: 'OnDelete' } }), { by: 'on-delete' })
  t.strictSame(held('StatefulSet', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }), { by: 'partition', below: 2 })
  t.equal(held('StatefulSet', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } }), undefined)
  t.equal(held('ReplicaSet', { paused: true }), undefined)
  t.strictSame(readOwner('CronJob', { ...object(), spec: {} }, asked), { group: 'batch', kind: 'CronJob', ...base, replicas: undefined })
  const kept = (apiVersion: string, kind: string) =>
    readOwner('ReplicaSet', object([{ apiVersion, kind, name: 'x', uid: 'd', controller: true }]), asked)?.isAsked
  t.same([kept('apps/v1', 'Deployment'), kept('argoproj.io/v1alpha1', 'Rollout'), kept('example.com/v1', 'Deployment')], [false, false, true],
    'a ReplicaSet of a Deployment or a Rollout is a revision of that')
  t.end()
})

void t.test('a PodDisruptionBudget', t => {
  const selector = { matchLabels: { app: 'web' } }
  t.strictSame(readBudget({ metadata: { namespace: 'shop', name: 'web', uid: 'u' }, spec: { selector, minAvailable: '50%' } }),
    { namespace: 'shop', name: 'web', selector, minAvailable: '50%', maxUnavailable: undefined, desiredHealthy: undefined })
  const counted = { observedGeneration: 2, expectedPods: 4, desiredHealthy: 3 }
  const condition = (reason: string) => ({ conditions: [{ type: 'DisruptionAllowed', status: 'False', reason }] })
  const cases = [
    { name: 'of this spec', status: { ...counted, ...condition('InsufficientPods') }, want: 3 },
    { name: 'of an earlier spec', status: { ...counted, observedGeneration: 1 }, want: undefined },
    { name: 'before any pod was there', status: { ...counted, expectedPods: 0 }, want: undefined },
    { name: 'left over from before counting failed', status: { ...counted, ...condition('SyncFailed') }, want: undefined },
    { name: 'none yet', status: {}, want: undefined },
  ]
  for (const { name, status, want } of cases) {
    t.equal(readBudget({ metadata: { name: 'web', uid: 'u', generation: 2 }, spec: { maxUnavailable: 1 }, status })?.desiredHealthy, want, name)
  }
  t.equal(readBudget({ metadata: { name: 'web', uid: 'u' }, status: { ...counted, observedGeneration: undefined } })?.desiredHealthy, undefined)
  t.end()
})
