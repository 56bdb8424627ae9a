import t from 'tap'
import { distributorSeries, writeDistributorMetrics, type GroupSample } from '../../src/admission/distributor-metrics.ts'
import { samplesOf } from '../../src/cli/serve/distributor-samples.ts'
import { deployment, grow, know, written } from '../placement/known.ts'

void t.test('each group of each distributor has its series, in Prometheus\' text format', async t => {
  const knowledge = know(written(), written({ distribution: [], target: { ...deployment, name: 'other' } }, { name: 'broken' }))
  grow(knowledge, 10)
  knowledge.revisions.noteReady('pod-0', true)
  const lines = (await writeDistributorMetrics(samplesOf(knowledge))).split('\n')
  const labels = (group: string) => `{namespace="shop",distributor="web",group="${group}"}`
  t.strictSame(lines, [
    '# HELP versprei_distributor_pods Pods in a group', '# TYPE versprei_distributor_pods gauge',
    `versprei_distributor_pods${labels('type-default')} 8`, `versprei_distributor_pods${labels('type-spot')} 2`,
    '# HELP versprei_distributor_ready_pods Pods in a group that are Ready', '# TYPE versprei_distributor_ready_pods gauge',
    `versprei_distributor_ready_pods${labels('type-default')} 1`, `versprei_distributor_ready_pods${labels('type-spot')} 0`,
    '# HELP versprei_distributor_wanted_pods Pods that would be in a group were all where they belong',
    '# TYPE versprei_distributor_wanted_pods gauge',
    `versprei_distributor_wanted_pods${labels('type-default')} 8`, `versprei_distributor_wanted_pods${labels('type-spot')} 2`, '',
  ])
  t.equal(distributorSeries.length, 3)
})

void t.test('10,000 distributors are written piece by piece: what waits for the event loop has its turn in between', async t => {
  const sample: GroupSample = { namespace: 'shop', distributor: 'web', group: 'a', pods: 1, ready: 1, wanted: 1 }
  let turns = 0
  const count = (): void => {
    turns += 1
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  const text = await writeDistributorMetrics(Array.from({ length: 10_000 }, () => () => [sample, sample]))
  clearImmediate(next)
  t.equal(text.split('\n').length, 60_000 + 6 + 1)
  t.ok(turns >= 190, `${turns} turns`)
})
