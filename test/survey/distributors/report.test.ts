import t from 'tap'
import { rankReports, sumReports } from '../../../src/survey/distributors/rank-reports.ts'
import { reportOf, type DistributorReport } from '../../../src/survey/distributors/report.ts'

const wellConditions = [['Ready', 'True', 'Placing'], ['Balanced', 'True', 'InShares'], ['Degraded', 'False', 'AsExpected'], ['Conflicted', 'False', 'NoConflict']]

/** Conditions as the leader writes them, but for those that are told otherwise: `{Balanced: 'False'}`. */
const conditionsWith = (other: Readonly<Record<string, string>>) => wellConditions.map(([type = '', status, reason]) => ({
  type, status: other[type] ?? status, observedGeneration: 2, lastTransitionTime: '2026-01-31T10:00:00Z', reason, message: `says ${type}`,
}))

const spec = { target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, distribution: [{ nodeLabel: { type: 'default' }, weight: 1 }] }
const figures = {
  target: 'Deployment/web', pods: 10, split: '8/2', wanted: '8/2', deviation: '0.25', strays: 1,
  groups: [{ name: 'default', wanted: 8, assigned: 8, ready: 7, state: 'Open' }, { name: 'spot', wanted: 2, assigned: 2, ready: 2, state: 'Open' }],
}
const statusWith = (other: Readonly<Record<string, string>> = {}) => ({ ...figures, observedGeneration: 2, conditions: conditionsWith(other) })
const objectWith = (status?: object, metadata: object = {}) => ({
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor',
  metadata: { name: 'split', namespace: 'shop', generation: 2, ...metadata }, spec, ...(status !== undefined && { status }),
})

void t.test('a report says what the leader wrote', async t => {
  t.strictSame(reportOf(objectWith(statusWith())), {
    namespace: 'shop', name: 'split', target: 'Deployment/web', pods: 10, split: '8/2', wanted: '8/2', deviation: 0.25, strays: 1,
    groups: [{ name: 'default', wanted: 8, assigned: 8, ready: 7 }, { name: 'spot', wanted: 2, assigned: 2, ready: 2 }],
    generation: 2, observedGeneration: 2, changed: '2026-01-31T10:00:00Z', troubles: [],
    conditions: conditionsWith({}),
  })
  t.equal(reportOf({ metadata: {} }), undefined)
})

void t.test('what is the matter is told, the gravest first, and why', async t => {
  const cases: readonly { name: string, object: unknown, want: Pick<DistributorReport, 'troubles'> & { readonly why?: string } }[] = [
    { name: 'nothing', object: objectWith(statusWith()), want: { troubles: [] } },
    { name: 'no status', object: objectWith(), want: { troubles: ['unjudged'], why: 'it has no status: no leader has judged it yet' } },
    { name: 'a status without conditions', object: objectWith({ pods: 3 }), want: { troubles: ['unjudged'], why: 'it has no status: no leader has judged it yet' } },
    {
      name: 'a spec that changed since', object: objectWith(statusWith(), { generation: 4 }),
      want: { troubles: ['stale'], why: 'its status is of generation 2 of the spec, which is at 4' },
    },
    { name: 'unbalanced', object: objectWith(statusWith({ Balanced: 'False' })), want: { troubles: ['unbalanced'], why: 'says Balanced' } },
    {
      name: 'degraded and unbalanced', object: objectWith(statusWith({ Balanced: 'False', Degraded: 'True' })),
      want: { troubles: ['degraded', 'unbalanced'], why: 'says Degraded' },
    },
    {
      name: 'conflicted, and for that reason not ready', object: objectWith(statusWith({ Ready: 'False', Balanced: 'Unknown', Conflicted: 'True' })),
      want: { troubles: ['conflicted'], why: 'says Conflicted' },
    },
    {
      name: 'invalid', object: objectWith({ observedGeneration: 2, conditions: conditionsWith({ Ready: 'False', Balanced: 'Unknown' }) }),
      want: { troubles: ['invalid'], why: 'says Ready' },
    },
  ]
  for (const { name, object, want } of cases) {
    const { troubles = [], why } = reportOf(object) ?? {}
    t.strictSame({ troubles, ...(why !== undefined && { why }) }, want, name)
  }
})

void t.test('what cannot be read of a status is left out, and the target is that of the spec', async t => {
  const broken = { observedGeneration: 'two', pods: '10', split: 8, deviation: 'NaN', groups: 'none', conditions: [{ type: 'Ready' }] }
  t.strictSame(reportOf(objectWith(broken)), {
    namespace: 'shop', name: 'split', target: 'Deployment/web', groups: [], generation: 2, troubles: ['unjudged'],
    why: 'it has no status: no leader has judged it yet', conditions: [],
  })
})

void t.test('the last change is the last write of the status, as the API server has it', async t => {
  const managedFields = [
    { manager: 'kubectl', time: '2026-01-31T12:00:00Z' }, { manager: 'versprei', subresource: 'status', time: '2026-01-31T11:00:00Z' },
    { manager: 'older', subresource: 'status', time: '2026-01-31T10:30:00Z' },
  ]
  t.equal(reportOf(objectWith(statusWith(), { managedFields }))?.changed, '2026-01-31T11:00:00Z')
})

const ranked = (name: string, deviation: number | undefined, troubles: DistributorReport['troubles'] = [], namespace = 'shop'): DistributorReport => ({
  namespace, name, generation: 1, groups: [], conditions: [], troubles, pods: 4, strays: 1, ...(deviation !== undefined && { deviation }),
})

void t.test('the worst deviation comes first, and before it those of which none is known', async t => {
  const reports = [
    ranked('b', 0.5), ranked('a', 0.5, [], 'zoo'), ranked('a', 0.5), ranked('stray', 0.5, ['unbalanced']), ranked('far', 3, ['unbalanced']),
    ranked('new', undefined, ['unjudged']), ranked('bad', undefined, ['invalid']), ranked('c', 0.5, ['degraded', 'unbalanced']),
  ]
  t.strictSame(rankReports(reports).map(({ namespace, name }) => `${namespace}/${name}`), [
    'shop/new', 'shop/bad', 'shop/far', 'shop/c', 'shop/stray', 'shop/a', 'shop/b', 'zoo/a',
  ])
})

void t.test('reports are added up: how many are off, by what, and pods that were placed', async t => {
  const reports = [ranked('a', 0), ranked('b', 1, ['degraded', 'unbalanced']), ranked('c', 2, ['unbalanced'])]
  t.strictSame(sumReports(reports), { distributors: 3, off: 2, byTrouble: [['degraded', 1], ['unbalanced', 2]], placed: 9, strays: 3 })
  t.strictSame(sumReports([]), { distributors: 0, off: 0, byTrouble: [], placed: 0, strays: 0 })
})
