import t from 'tap'
import { podsOf } from '../../src/cli/pods-of.ts'

const template = { metadata: { labels: { app: 'x' }, annotations: { note: 'y' } }, spec: { containers: [] } }

void t.test('the pods that each controller would send', async t => {
  const cases = [
    {
      name: 'Deployment', object: { kind: 'Deployment', metadata: { name: 'web' }, spec: { template } },
      want: {
        name: 'web-0', namespace: 'default', object: {
          metadata: {
            generateName: 'web-admit-', labels: { app: 'x', 'pod-template-hash': 'admit' }, annotations: { note: 'y' },
            ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-admit', controller: true }],
          },
        },
      },
    },
    {
      name: 'ReplicaSet of the cluster, with its own uid', object: { kind: 'ReplicaSet', metadata: { name: 'web-1', uid: 'u' }, spec: { template } },
      want: { object: { metadata: { generateName: 'web-1-', ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1', uid: 'u' }] } } },
    },
    {
      name: 'StatefulSet', object: { kind: 'StatefulSet', metadata: { name: 'db', namespace: 'n' }, spec: { template } },
      want: { namespace: 'n', object: { metadata: { name: 'db-0', labels: {
        'apps.kubernetes.io/pod-index': '0', 'statefulset.kubernetes.io/pod-name': 'db-0',
      } } } },
    },
    {
      name: 'indexed Job', object: { kind: 'Job', metadata: { name: 'j' }, spec: { template, completionMode: 'Indexed', completions: 1 } },
      want: { object: { metadata: {
        labels: { 'batch.kubernetes.io/job-completion-index': '0' }, annotations: { 'batch.kubernetes.io/job-completion-index': '0' },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j' }],
      } } },
    },
  ]
  for (const { name, object, want } of cases) {
    const pods = podsOf(object, undefined)
    t.equal(pods?.length, 1, name)
    t.match(pods?.[0], want, name)
  }
})

void t.test('a Job\'s pods are labelled with its name and its uid, unless it selects pods by labels of its own', async t => {
  const labelsOf = (spec: object) => {
    const metadata = { name: 'j', uid: 'u' }
    const object = podsOf({ kind: 'Job', metadata, spec: { template, ...spec } }, 1)?.[0]?.object
    return JSON.parse(JSON.stringify(object)).metadata.labels
  }
  const both = { 'controller-uid': 'u', 'batch.kubernetes.io/controller-uid': 'u', 'job-name': 'j', 'batch.kubernetes.io/job-name': 'j' }
  t.strictSame(labelsOf({}), { app: 'x', ...both })
  t.strictSame(labelsOf({ completionMode: 'Indexed' }), { app: 'x', ...both, 'batch.kubernetes.io/job-completion-index': '0' })
  t.strictSame(labelsOf({ manualSelector: true }), { app: 'x' })
})

void t.test('as many as the workload has, or as asked for', async t => {
  const count = (kind: string, spec: object, replicas?: number): number | undefined => podsOf({ kind, metadata: {}, spec }, replicas)?.length
  t.equal(count('Deployment', { replicas: 7 }), 7)
  t.equal(count('Deployment', { replicas: 0 }), 0)
  t.equal(count('Deployment', { replicas: 7 }, 2), 2)
  t.equal(count('Job', {}), 1)
  t.equal(count('Job', { parallelism: 3, completions: 10 }), 3, 'a plain Job: those that run at a time')
  t.equal(count('Job', { parallelism: 3, completions: 2 }), 2)
  t.equal(count('Job', { parallelism: 3, completions: 10, completionMode: 'Indexed' }), 10, 'an indexed Job: every index')
  t.equal(count('DaemonSet', {}), undefined)
})
