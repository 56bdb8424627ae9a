import t from 'tap'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import { deployment, written } from '../known.ts'

const broken = (target: unknown, metadata = {}) => listDistributor(written({ target, distribution: [] }, metadata))

void t.test('a valid one is ready to decide by', async t => {
  const listed = listDistributor(written({}, { creationTimestamp: '2026-01-01T00:00:00Z' }))
  t.match(listed, { namespace: 'shop', name: 'web', created: Date.UTC(2026), target: { group: 'apps', kind: 'Deployment', name: 'web' } })
  t.ok('plan' in listed.outcome)
})

void t.test('an invalid one keeps its name, its age and the target that has no mistake', async t => {
  const podSelector = { matchLabels: { tier: 'x' } }
  const cases: readonly { name: string, target: unknown, want: unknown }[] = [
    { name: 'a name', target: deployment, want: { group: 'apps', kind: 'Deployment', name: 'web' } },
    { name: 'no name', target: { apiVersion: 'v1', kind: 'ReplicationController' }, want: { group: '', kind: 'ReplicationController' } },
    { name: 'a kind that nothing is placed for', target: { ...deployment, kind: 'DaemonSet' }, want: undefined },
    {
      name: 'a podSelector', target: { ...deployment, podSelector },
      want: { group: 'apps', kind: 'Deployment', name: 'web', podSelector },
    },
    { name: 'a name that is none does not mean every workload', target: { ...deployment, name: 7 }, want: undefined },
    { name: 'a podSelector that is none does not mean every pod', target: { ...deployment, podSelector: [] }, want: undefined },
    { name: 'none', target: undefined, want: undefined },
  ]
  for (const { name, target, want } of cases) {
    const { target: told, outcome, ...rest } = broken(target, { creationTimestamp: '2026-01-01T00:00:00Z' })
    t.strictSame([told, rest], [want, { uid: '', generation: 0, namespace: 'shop', name: 'web', created: Date.UTC(2026) }], name)
    t.ok('mistakes' in outcome && outcome.mistakes.length > 0)
  }
  t.equal(broken(deployment, { creationTimestamp: 'yesterday' }).created, 0)
})

void t.test('whatever it is, it is listed', async t => {
  for (const object of [null, 7, [], {}, { metadata: [], spec: 'x' }, { metadata: { name: 7, namespace: {} } }]) {
    t.match(
      listDistributor(object, 'here'), { namespace: 'here', name: '', created: 0, target: undefined, outcome: { mistakes: [{}] } },
      JSON.stringify(object)
    )
  }
})
