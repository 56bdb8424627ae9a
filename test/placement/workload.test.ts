import t from 'tap'
import { ownSeat, workloadsOf } from '../../src/placement/workload.ts'
import { readPod } from '../../src/placement/pod.ts'
import { ownedBy, pod } from './known.ts'

void t.test('a pod\'s workloads are told from its owner and labels alone', async t => {
  const set = (name: string) => ({ group: 'apps', kind: 'ReplicaSet', name })
  const cases: readonly {
    name: string, group?: string, kind?: string, owner: string, labels?: Record<string, string>, want: readonly string[],
  }[] = [
    {
      name: 'Deployment', owner: 'web-5d4f', labels: { 'pod-template-hash': '5d4f' },
      want: ['apps/ReplicaSet/web-5d4f', 'apps/Deployment/web'],
    },
    {
      name: 'a name with dashes', owner: 'web-a-b-5d4f', labels: { 'pod-template-hash': '5d4f' },
      want: ['apps/ReplicaSet/web-a-b-5d4f', 'apps/Deployment/web-a-b'],
    },
    {
      name: 'Rollout', owner: 'web-5d4f', labels: { 'rollouts-pod-template-hash': '5d4f' },
      want: ['apps/ReplicaSet/web-5d4f', 'argoproj.io/Rollout/web'],
    },
    { name: 'ReplicaSet without the label', owner: 'web-5d4f', labels: {}, want: ['apps/ReplicaSet/web-5d4f'] },
    { name: 'ReplicaSet of a pod without labels', owner: 'web-5d4f', want: ['apps/ReplicaSet/web-5d4f'] },
    { name: 'another hash', owner: 'web-5d4f', labels: { 'pod-template-hash': 'd4f' }, want: ['apps/ReplicaSet/web-5d4f'] },
    { name: 'an empty hash', owner: 'web-', labels: { 'pod-template-hash': '' }, want: ['apps/ReplicaSet/web-'] },
    { name: 'nothing before the hash', owner: '-5d4f', labels: { 'pod-template-hash': '5d4f' }, want: ['apps/ReplicaSet/-5d4f'] },
    { name: 'CronJob', group: 'batch', kind: 'Job', owner: 'night-29384210', want: ['batch/Job/night-29384210', 'batch/CronJob/night'] },
    { name: 'a Job that ends with another number', group: 'batch', kind: 'Job', owner: 'import-2', want: ['batch/Job/import-2'] },
    {
      name: 'a Job of another API group', group: 'batch.volcano.sh', kind: 'Job', owner: 'night-29384210',
      want: ['batch.volcano.sh/Job/night-29384210'],
    },
    { name: 'StatefulSet', kind: 'StatefulSet', owner: 'db', want: ['apps/StatefulSet/db'] },
  ]
  for (const { name, group = 'apps', kind = 'ReplicaSet', owner, labels, want } of cases) {
    const found = workloadsOf({ ...set(owner), group, kind, uid: 'u' }, labels)
    t.strictSame(found.map(one => `${one.group}/${one.kind}/${one.name}`), want, name)
  }
})

void t.test('a seat of its own is a StatefulSet\'s ordinal or an indexed Job\'s index', async t => {
  const seatOf = (apiVersion: string, kind: string, metadata: Record<string, unknown>) => {
    const read = readPod(pod({}, { ...metadata, ownerReferences: ownedBy(apiVersion, kind, 'x') }))
    return 'pod' in read ? ownSeat(read.pod) : read.wrong
  }
  const index = { labels: { 'apps.kubernetes.io/pod-index': '12' } }
  const completion = { annotations: { 'batch.kubernetes.io/job-completion-index': '3' } }
  t.equal(seatOf('apps/v1', 'StatefulSet', index), 12)
  t.equal(seatOf('batch/v1', 'Job', completion), 3)
  t.equal(seatOf('apps/v1', 'ReplicaSet', { ...index, ...completion }), undefined, 'and nobody else\'s')
  for (const text of ['', '-1', '1.5', '1e3', ' 1', '99999999999']) {
    t.equal(
      seatOf('apps/v1', 'StatefulSet', { labels: { 'apps.kubernetes.io/pod-index': text } }), undefined, `not ${JSON.stringify(text)}`
    )
  }
})
