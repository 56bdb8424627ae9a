import fc from 'fast-check'
import t from 'tap'
import { createSequence } from '../../../src/placement/seats/sequence.ts'
import { conditionReasons } from '../../../src/placement/status/reasons.ts'
import { summarize } from '../../../src/placement/status/summarize.ts'
import { regular, spot } from '../known.ts'
import { factsOf, find, lines, listed, noon, standing, statusOf } from './facts.ts'

const fine = ['Degraded False AsExpected: nothing is known to be the matter', 'Conflicted False NoConflict: no other PodDistributor that is before it selects the same pods']
const placing = 'Ready True Placing: places the new pods of Deployment/web'

void t.test('the whole status of a workload that is balanced', async t => {
  const since = '2026-01-02T12:00:00Z'
  t.strictSame(statusOf({ standings: [standing([8, 2], [8, 2], { ready: [7, 2] })] }), {
    observedGeneration: 3,
    target: 'Deployment/web',
    pods: 10, split: '8/2', wanted: '8/2', deviation: '0',
    groups: [
      { name: 'type-default', wanted: 8, assigned: 8, ready: 7, state: 'Open' },
      { name: 'type-spot', wanted: 2, assigned: 2, ready: 2, state: 'Open' },
    ],
    strays: 0,
    conditions: [
      { type: 'Ready', status: 'True', observedGeneration: 3, lastTransitionTime: since, reason: 'Placing', message: 'places the new pods of Deployment/web' },
      {
        type: 'Balanced', status: 'True', observedGeneration: 3, lastTransitionTime: since, reason: 'InShares',
        message: '10 pods stand on the first seats: type-default has 8, type-spot has 2',
      },
      { type: 'Degraded', status: 'False', observedGeneration: 3, lastTransitionTime: since, reason: 'AsExpected', message: 'nothing is known to be the matter' },
      {
        type: 'Conflicted', status: 'False', observedGeneration: 3, lastTransitionTime: since, reason: 'NoConflict',
        message: 'no other PodDistributor that is before it selects the same pods',
      },
    ],
  })
})

void t.test('what stands wrong is counted and named', async t => {
  const many = listed({ distribution: Array.from({ length: 6 }, (_, index) => ({ nodeLabel: { pool: `p${index}` }, weight: 1 })) })
  const audit = listed({ enforcement: 'Audit' })
  const stray = (pods: number, all: Readonly<Record<string, number>> = {}) => ({ pods, standing: new Map(Object.entries(all)) })
  const cases = [
    { name: 'no pods', facts: {}, want: 'Balanced True NoPods: there are no pods', split: '0/0', wanted: '0/0', deviation: '0' },
    {
      name: 'one revision', facts: { standings: [standing([8, 2], [5, 5])] }, split: '8/2', wanted: '5/5', deviation: '0',
      want: 'Balanced False PodsStandWrong: 3 pods stand wrong: type-default has 8, wanted 5',
    },
    {
      name: 'one pod', facts: { standings: [standing([1, 1], [2, 0])] }, split: '1/1', wanted: '2/0', deviation: '0.6',
      want: 'Balanced False PodsStandWrong: 1 pod stands wrong: type-spot has 1, wanted 0',
    },
    {
      name: 'two revisions that make up for each other', facts: { standings: [standing([5, 0], [4, 1]), standing([3, 2], [4, 1]), standing([0, 0])] },
      split: '8/2', wanted: '8/2', deviation: '1',
      want: 'Balanced False PodsStandWrong: 2 pods stand wrong in 2 of 2 revisions: type-default has 1 too many; type-spot has 1 too many',
    },
    {
      name: 'a group that is gone, and strays', facts: { standings: [standing([4, 1], [4, 1], { groupless: 2 })], strays: stray(3, { 'type-spot': 1 }) },
      split: '4/1', wanted: '4/1', deviation: '0',
      want: 'Balanced False PodsStandWrong: 2 pods stand wrong: 2 pods are of a group that is there no more; 3 pods were placed by no admission',
    },
    {
      name: 'strays alone', facts: { standings: [standing([4, 1])], strays: stray(1) }, split: '4/1', wanted: '4/1', deviation: '0',
      want: 'Balanced False Strays: 1 pod was placed by no admission',
    },
    {
      name: 'many groups', facts: { listed: many, standings: [standing([2, 2, 2, 2, 2, 0], [0, 0, 0, 0, 0, 10])] },
      split: '2/2/2/2/2/0', wanted: '0/0/0/0/0/10', deviation: '1.67',
      want: 'Balanced False PodsStandWrong: 10 pods stand wrong: p0 has 2, wanted 0; p1 has 2, wanted 0; p2 has 2, wanted 0; p3 has 2, wanted 0; and so 1 more groups'
        .replaceAll(/p(\d) has/gu, 'pool-p$1 has'),
    },
    {
      name: 'many groups, balanced', facts: { listed: many, standings: [standing([1, 1, 1, 1, 1, 1])] }, split: '1/1/1/1/1/1', wanted: '1/1/1/1/1/1',
      deviation: '0', want: 'Balanced True InShares: 6 pods stand on the first seats: 6 groups',
    },
    {
      name: 'Audit, where pods stand', facts: { listed: audit, strays: stray(10, { 'type-default': 8, 'type-spot': 2 }) }, split: '8/2', wanted: '8/2',
      deviation: '0', want: 'Balanced True AuditInShares: 10 pods stand where it would have placed them: type-default has 8, type-spot has 2',
    },
    {
      name: 'Audit, elsewhere', facts: { listed: audit, strays: stray(12, { 'type-default': 5, 'type-spot': 5 }) }, split: '5/5', wanted: '8/2',
      deviation: '3', want: 'Balanced False AuditPodsStandWrong: 3 pods stand wrong: type-spot has 5, wanted 2; 2 pods stand in no group',
    },
  ]
  for (const { name, facts, want, split, wanted, deviation } of cases) {
    const status = statusOf(facts)
    const { message, reason, status: holds } = find(status, 'Balanced')
    t.equal(`Balanced ${holds} ${reason}: ${message}`, want, name)
    t.strictSame({ split: status.split, wanted: status.wanted, deviation: status.deviation }, { split, wanted, deviation }, name)
  }
})

void t.test('every pod is in pods, and strays say which', async t => {
  const strays = { pods: 3, standing: new Map([['type-spot', 2]]) }
  const standings = [standing([4, 1], [4, 1], { groupless: 2 }), standing([1, 0])]
  const counts = ({ pods, strays }: ReturnType<typeof statusOf>) => ({ pods, strays })
  t.strictSame(counts(statusOf({ standings, strays })), { pods: 11, strays: 3 })
  t.strictSame(counts(statusOf({ listed: listed({ enforcement: 'Audit' }), strays })), { pods: 3, strays: 1 })
})

void t.test('a group is full when it has its max in every revision that has pods', async t => {
  const limited = listed({ distribution: [{ ...regular, max: 2 }, spot] })
  const states = (...standings: readonly ReturnType<typeof standing>[]) => statusOf({ listed: limited, standings }).groups?.map(({ state }) => state)
  t.strictSame(states(), ['Open', 'Open'])
  t.strictSame(states(standing([1, 0])), ['Open', 'Open'])
  t.strictSame(states(standing([2, 7])), ['Full', 'Open'])
  t.strictSame(states(standing([2, 7]), standing([1, 0])), ['Open', 'Open'])
  t.strictSame(states(standing([2, 7]), standing([0, 0])), ['Full', 'Open'])
})

void t.test('who does not decide says why', async t => {
  const invalid = statusOf({ listed: listed({ distribution: [{ ...regular, weight: -1 }] }) })
  t.strictSame(Object.keys(invalid), ['observedGeneration', 'target', 'conditions'])
  t.strictSame(lines(invalid), [
    'Ready False InvalidSpec: its pods are created as they are: spec.distribution[0].weight: is -1; it must be from 0 to 1000000',
    'Balanced Unknown NotDeciding: it decides for no pod now, see Ready',
    ...fine,
  ])
  const rival = { name: 'all', created: 0 }
  const complaints = [{ complaint: 'NoOpenGroup', detail: 'x' }] as const
  const later = statusOf({ rival, complaints, standings: [standing([1, 1], [2, 0])] })
  t.strictSame([later.split, ...lines(later)], [
    '1/1', 'Ready False Conflicted: all decides for Deployment/web', 'Balanced Unknown NotDeciding: it decides for no pod now, see Ready', fine[0],
    'Conflicted True AnotherDecides: all decides for Deployment/web: it is older; delete one of the two, or tell their pods apart by podSelector',
  ])
  const twin = statusOf({ rival: { name: 'all', created: listed().created } })
  t.match(find(twin, 'Conflicted').message, 'they are of the same age, and its name comes first')
  t.equal(statusOf({ listed: listed({ target: {} }) }).target, undefined)
})

void t.test('many mistakes are cut', async t => {
  const distribution = Array.from({ length: 32 }, () => ({ nodeLabel: {}, weight: 'x' }))
  const { message } = find(statusOf({ listed: listed({ distribution }) }), 'Ready')
  t.equal(message.length, 1000)
  t.ok(message.endsWith('…'))
})

void t.test('complaints degrade, the gravest gives the reason, and all are told', async t => {
  const complaints = [{ complaint: 'GroupWithoutNodes', detail: 'group spot has no node' }, { complaint: 'OwnDeletionCost', detail: 'y' }] as const
  t.strictSame(lines(statusOf({ complaints })).slice(2, 3), ['Degraded True GroupWithoutNodes: group spot has no node; y'])
})

void t.test('targets and enforcement', async t => {
  const every = listed({ target: { apiVersion: 'apps/v1', kind: 'Deployment' } })
  t.equal(statusOf({ listed: every }).target, 'Deployment/*')
  t.equal(lines(statusOf({ listed: listed({ enforcement: 'Preferred' }) }))[0], placing)
  t.equal(
    lines(statusOf({ listed: listed({ enforcement: 'Audit' }) }))[0], 'Ready True Auditing: decides for Deployment/web and changes no pod: enforcement is Audit'
  )
})

void t.test('a condition keeps its time while its status is the same', async t => {
  const before = statusOf({ standings: [standing([8, 2])] })
  const later = noon + 60_000
  t.strictSame(statusOf({ standings: [standing([8, 2])], previous: before.conditions, now: later }), before, 'the same facts give the same status')
  const after = statusOf({ standings: [standing([7, 2], [8, 1])], previous: before.conditions, now: later })
  t.strictSame(after.conditions.map(({ lastTransitionTime }) => lastTransitionTime), [
    '2026-01-02T12:00:00Z', '2026-01-02T12:01:00Z', '2026-01-02T12:00:00Z', '2026-01-02T12:00:00Z',
  ])
  const more = statusOf({ standings: [standing([9, 1], [8, 2])], previous: after.conditions, now: later + 60_000 })
  t.equal(find(more, 'Balanced').lastTransitionTime, '2026-01-02T12:01:00Z', 'another message is no transition')
})

void t.test('whatever stands: balanced exactly when all stand on the first seats, and every reason is one that is explained', async t => {
  const { outcome } = listed()
  const sequence = createSequence('plan' in outcome ? outcome.plan.distributor.groups : [])
  const revision = fc.tuple(fc.nat(12), fc.nat(12), fc.boolean(), fc.nat({ max: 1 })).map(([a, b, exact, groupless]) => {
    const wanted = sequence.prefix(a + b)
    return standing(exact ? wanted : [a, b], wanted, exact ? {} : { groupless })
  })
  fc.assert(fc.property(fc.array(revision, { maxLength: 4 }), fc.constantFrom(0, 0, 2), fc.boolean(), (standings, pods, conflicted) => {
    const rival = conflicted ? { name: 'a', created: 0 } : undefined
    const status = summarize(factsOf({ standings, strays: { pods, standing: new Map() }, rival }))
    const exact = pods === 0 && standings.every(one => one.groupless === 0 && one.assigned.every((count, group) => count === one.wanted[group]))
    const counted = (status.groups ?? []).reduce((sum, { assigned }) => sum + assigned, 0) + standings.reduce((sum, { groupless }) => sum + groupless, 0) + pods
    return find(status, 'Balanced').status === (conflicted ? 'Unknown' : exact ? 'True' : 'False') && status.pods === counted
      && status.conditions.every(({ type, reason }) => (conditionReasons[type] as readonly string[]).includes(reason))
      && status.conditions.map(({ type }) => type).join() === Object.keys(conditionReasons).join()
  }), { numRuns: 500 })
  t.pass('500 runs')
})

void t.test('200,000 revisions', async t => {
  const standings = Array.from({ length: 200_000 }, (_, index) => standing(index % 5 === 0 ? [0, 1] : [1, 0]))
  const { split, deviation } = statusOf({ standings })
  t.strictSame({ split, deviation }, { split: '160000/40000', deviation: '0.8' })
})
