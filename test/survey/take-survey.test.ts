import fc from 'fast-check'
import t from 'tap'
import type { ClusterState, SurveyedPod } from '../../src/survey/cluster-state.ts'
import { takeSurvey, type SurveyOptions } from '../../src/survey/take-survey.ts'
import { aBudget, aNode, anOwner, aPod, aRevision, aState } from './state.ts'

const web = anOwner('Deployment', 'web')
const web1 = aRevision(web, 'web-1')
/** Pods of web, one on each of these nodes. */
const webOn = (...nodes: readonly string[]): readonly SurveyedPod[] => nodes.map((node, index) => aPod(`web-1-${index}`, web1, node))

const findOne = (state: Partial<ClusterState>, options: SurveyOptions = {}) =>
  takeSurvey(aState({ owners: [web, web1], ...state }), options).findings[0]
const survivalOf = (state: Partial<ClusterState>, options: SurveyOptions = {}) => findOne(state, options)?.nodes

void t.test('where a workload stands, what it shares, what it survives', async t => {
  t.strictSame(takeSurvey(aState({ owners: [web, web1], pods: webOn('n2', 'n1', 'n2') })), {
    findings: [{
      workload: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
      wanted: 3, pods: 3, revisions: 1,
      byNode: [{ domain: 'n2', pods: ['web-1-0', 'web-1-2'] }, { domain: 'n1', pods: ['web-1-1'] }],
      shared: [{ domain: 'n2', pods: ['web-1-0', 'web-1-2'] }],
      isOnSingleNode: false,
      apart: { pending: [], leaving: [], finished: [], nodeGone: [] },
      nodes: { domains: 2, untilNone: 1 },
    }],
    unassigned: { orphans: [], otherKinds: 0 },
    missing: [],
  })
})

void t.test('only pods that run count; the others are told apart, each once', async t => {
  const pods = [
    ...webOn('n1', 'n2'), aPod('no-node', web1, undefined), aPod('starting', web1, 'n3', { phase: 'Pending' }),
    aPod('silent', web1, 'n3', { phase: 'Unknown' }), aPod('leaving', web1, 'n3', { isLeaving: true }),
    aPod('done', web1, 'n3', { phase: 'Succeeded' }), aPod('failed', web1, 'gone', { phase: 'Failed', isLeaving: true }),
    aPod('lost', web1, 'gone'), aPod('lost-and-leaving', web1, 'gone', { isLeaving: true }),
  ]
  const found = findOne({ pods })
  t.strictSame({ pods: found?.pods, nodes: found?.nodes, apart: found?.apart }, {
    pods: 2, nodes: { domains: 2, untilNone: 1 },
    apart: { pending: ['no-node', 'silent', 'starting'], leaving: ['leaving'], finished: ['done', 'failed'], nodeGone: ['lost', 'lost-and-leaving'] },
  })
  const unknown = findOne({ pods, nodes: [], areNodesKnown: false })
  t.strictSame({ pods: unknown?.pods, gone: unknown?.apart.nodeGone }, { pods: 3, gone: [] }, 'without a right to nodes, none is known to be gone')
})

void t.test('a single node is one for several pods; a single pod can be nowhere else', async t => {
  const cases = [
    { name: 'several pods', input: ['n1', 'n1'], want: true }, { name: 'one pod', input: ['n1'], want: false },
    { name: 'two nodes', input: ['n1', 'n1', 'n2'], want: false }, { name: 'no pod', input: [], want: false },
  ]
  for (const { name, input, want } of cases) t.equal(findOne({ pods: webOn(...input) })?.isOnSingleNode, want, name)
})

void t.test('pods of two revisions are told to be', async t => {
  const web2 = aRevision(web, 'web-2')
  t.equal(findOne({ owners: [web, web1, web2], pods: [...webOn('n1'), aPod('web-2-0', web2, 'n1')] })?.revisions, 2)
})

void t.test('the same for zones: a node without the label is in none, and its pods are not counted on', async t => {
  const zone = (value: string) => ({ zone: value })
  const nodes = [aNode('n1', zone('a')), aNode('n2', zone('a')), aNode('n3', zone('b')), aNode('n4'), aNode('n5', { constructor: 'x' })]
  const state = { nodes, pods: webOn('n1', 'n2', 'n3', 'n4') }
  t.strictSame(findOne(state, { topology: 'zone' })?.topology, { key: 'zone', domains: 2, untilNone: 1, unlabelled: 1 })
  t.strictSame(findOne(state, { topology: 'zone', minAvailable: 2 })?.topology, {
    key: 'zone', domains: 2, untilNone: 1, untilTooFew: { least: 2, by: '--min-available', losses: 0 }, unlabelled: 1,
  })
  t.strictSame(findOne(state, { topology: 'toString' })?.topology, { key: 'toString', domains: 0, untilNone: undefined, unlabelled: 4 })
  t.strictSame(findOne({ ...state, nodes: [], areNodesKnown: false }, { topology: 'zone' })?.topology,
    { key: 'zone', domains: 0, untilNone: undefined, unlabelled: 4 }, 'nor where nodes may not be read')
})

void t.test('pods in no zone are there all the same: too few already are only those that are too few with them', async t => {
  const labels = { zone: 'a' }
  const [two, none] = [[aNode('n1', labels), aNode('n2', labels), aNode('n3')], [aNode('n1'), aNode('n2'), aNode('n3')]]
  const cases = [
    { name: 'enough, one of them in no zone', nodes: two, minAvailable: 3, want: 0 },
    { name: 'enough in the zone, which may not be lost', nodes: two, minAvailable: 2, want: 0 },
    { name: 'too few, with all of them', nodes: two, minAvailable: 4, want: -1 },
    { name: 'all in no zone: nothing is known of zones', nodes: none, minAvailable: 1, want: undefined },
    { name: 'too few, and all in no zone', nodes: none, minAvailable: 4, want: -1 },
  ]
  for (const { name, nodes, minAvailable, want } of cases) {
    for (const areNodesKnown of nodes === none ? [true, false] : [true]) {
      const state = { nodes: areNodesKnown ? nodes : [], areNodesKnown, pods: webOn('n1', 'n2', 'n3') }
      t.equal(findOne({ ...state, budgets: [aBudget('b', { minAvailable })] }, { topology: 'zone' })?.topology?.untilTooFew?.losses, want, name)
    }
  }
})

void t.test('budgets say how many are needed, as the disruption controller counts', async t => {
  const pods = webOn('n1', 'n1', 'n2', 'n3')
  const four = { owners: [{ ...web, replicas: 4 }, web1], pods }
  const needed = (...budgets: readonly Parameters<typeof aBudget>[1][]) =>
    survivalOf({ ...four, budgets: budgets.map((more, index) => aBudget(`b${index}`, more)) })?.untilTooFew
  const name = 'PodDisruptionBudget b0'
  t.strictSame(needed({ minAvailable: 2 }), { least: 2, by: name, losses: 1 })
  t.strictSame(needed({ minAvailable: '60%' }), { least: 3, by: name, losses: 0 }, 'rounded up')
  t.strictSame(needed({ maxUnavailable: 3 }), { least: 1, by: name, losses: 2 })
  t.strictSame(needed({ maxUnavailable: '26%' }), { least: 2, by: name, losses: 1 }, 'what may be unavailable is rounded up, too')
  t.strictSame(needed({ maxUnavailable: 9 }), { least: 0, by: name, losses: 3 })
  t.strictSame(needed({ minAvailable: 5 }), { least: 5, by: name, losses: -1 }, 'too few already')
  t.strictSame(needed({ minAvailable: 1 }, { minAvailable: 3 }), { least: 3, by: 'PodDisruptionBudget b1', losses: 0 }, 'the one that allows least')
  t.equal(needed({}), undefined, 'one that asks for nothing')
  t.strictSame(survivalOf({ pods: webOn('gone'), budgets: [aBudget('b0', { minAvailable: 0 })] })?.untilTooFew,
    { least: 0, by: name, losses: 0 }, 'no pod runs, and none is needed')
  t.equal(needed({ minAvailable: 'most' }), undefined)
  t.equal(needed({ minAvailable: 1, selector: { matchLabels: { app: 'other' } } }), undefined, 'one of other pods')
  t.equal(needed({ minAvailable: 1, namespace: 'other' }), undefined, 'one of another namespace')
  t.equal(needed({ minAvailable: 1, selector: undefined }), undefined, 'one that selects nothing')
  t.strictSame(needed({ maxUnavailable: '50%' }), { least: 2, by: name, losses: 1 }, 'of the replicas that are wanted')
})

void t.test('a budget over two workloads is about the pods of both', async t => {
  const db = anOwner('StatefulSet', 'db', { replicas: 2, isAsked: false })
  const pods = [...webOn('n1', 'n2'), aPod('db-0', db, 'n1'), aPod('db-1', db, 'n1'), aPod('bare', undefined, 'n3')]
  const needed = (minAvailable: number | string) =>
    survivalOf({ owners: [{ ...web, replicas: 4 }, web1, db], pods, budgets: [aBudget('all', { minAvailable })] })?.untilTooFew
  t.strictSame(needed(2), { least: 2, by: 'PodDisruptionBudget all', losses: 1 }, 'n1 has three of five')
  t.strictSame(needed('50%'), { least: 3, by: 'PodDisruptionBudget all', losses: 0 },
    'of 4 replicas and 2 replicas: the pod that nobody controls is none')
})

void t.test('what was not read is counted as the status of the budget has it, so the answer is not one of --kind', async t => {
  const db = anOwner('StatefulSet', 'db', { replicas: 4 })
  const rollout = anOwner('Rollout', 'web', { replicas: 2 })
  const job = anOwner('Job', 'web', { replicas: 2 })
  const own = [{ ...web, replicas: 2 }, web1]
  const pods = [...webOn('n1', 'n2'), aPod('db-0', db, 'n3'), aPod('db-done', db, 'n3', { phase: 'Failed' })]
  const ofRollout = ['n1', 'n2'].map(node => aPod(node, aRevision(rollout, 'web-1'), node))
  const ofJob = ['n1', 'n2'].map(node => aPod(node, job, node))
  const [by, most] = ['PodDisruptionBudget b', { maxUnavailable: 1 }]
  const cases = [
    { name: 'all were read', owners: [...own, db], budget: most, want: { least: 5, by, losses: -1 } },
    { name: 'the status trails what was read', owners: [...own, db], budget: { ...most, desiredHealthy: 9 }, want: { least: 5, by, losses: -1 } },
    { name: 'StatefulSets were not read', owners: own, budget: { ...most, desiredHealthy: 5 }, want: { least: 5, by, losses: -1 } },
    { name: 'a share', owners: own, budget: { minAvailable: '50%', desiredHealthy: 3 }, want: { least: 3, by, losses: 0 } },
    { name: 'a number of pods needs no status', owners: own, budget: { minAvailable: 2 }, want: { least: 2, by, losses: 1 } },
    { name: 'neither read nor in a status', owners: own, budget: most, want: { least: 2, by, losses: 1, isEstimate: true } },
    { name: 'the ReplicaSets of a Rollout count, not the Rollout', owners: [rollout, aRevision(rollout, 'web-1')], pods: ofRollout,
      budget: { ...most, desiredHealthy: 3 }, want: { least: 3, by, losses: -1 } },
    { name: 'Jobs cannot be counted', owners: [job], pods: ofJob, budget: most, want: { least: 1, by, losses: 1, isEstimate: true } },
  ]
  for (const { name, owners, budget, want, pods: others = pods } of cases) {
    t.strictSame(survivalOf({ owners, pods: others, budgets: [aBudget('b', budget)] })?.untilTooFew, want, name)
  }
  const budgets = [aBudget('b', { ...most, desiredHealthy: 5 }), aBudget('c', { minAvailable: 0, selector: { matchLabels: { app: 'db' } } })]
  const twice = [...webOn('n1', 'n2'), { ...aPod('db-0', db, 'n3'), labels: { app: 'db' } }]
  t.strictSame(survivalOf({ owners: own, pods: twice, budgets })?.untilTooFew, { least: 2, by, losses: 1, isEstimate: true },
    'where a second budget selects some of the pods, the status of neither is kept up')
})

void t.test('--min-available wins over budgets, and is of each workload by itself', async t => {
  const state = { pods: webOn('n1', 'n2', 'n3'), budgets: [aBudget('b', { minAvailable: 3 })] }
  const needed = (minAvailable: number | string) => survivalOf(state, { minAvailable })?.untilTooFew
  t.strictSame(needed(1), { least: 1, by: '--min-available', losses: 2 })
  t.strictSame(needed('50%'), { least: 2, by: '--min-available', losses: 1 })
  const nightly = anOwner('CronJob', 'nightly', { replicas: undefined })
  t.strictSame(takeSurvey(aState({ owners: [nightly], pods: [aPod('a', nightly, 'n1'), aPod('b', nightly, 'n2')] }), { minAvailable: '50%' })
    .findings[0]?.nodes.untilTooFew, { least: 1, by: '--min-available', losses: 1 }, 'of what runs, where nothing says how many are wanted')
})

void t.test('those on a single node first, then those that share, then the others; the least survival first', async t => {
  const names = ['spread-far', 'single-pod', 'two-and-one', 'b-on-one', 'a-on-one', 'three-nodes', 'waiting'] as const
  const nodes: Readonly<Record<typeof names[number], readonly (string | undefined)[]>> = {
    'spread-far': ['n1', 'n2', 'n3'], 'single-pod': ['n1'], 'two-and-one': ['n1', 'n1', 'n2'], 'b-on-one': ['n1', 'n1'], 'a-on-one': ['n2', 'n2'],
    'three-nodes': ['n1', 'n1', 'n2', 'n3'], 'waiting': [undefined],
  }
  const owners = names.map(name => anOwner('StatefulSet', name))
  const pods = owners.flatMap(owner => names.flatMap(name => (name === owner.name ? nodes[name].map((node, index) => aPod(`${name}-${index}`, owner, node)) : [])))
  t.strictSame(takeSurvey(aState({ owners, pods })).findings.map(({ workload }) => workload.name),
    ['a-on-one', 'b-on-one', 'two-and-one', 'three-nodes', 'single-pod', 'spread-far', 'waiting'])
})

void t.test('of what has nothing to stand there is no finding', async t => {
  const owners = [
    anOwner('Deployment', 'asleep', { replicas: 0 }), anOwner('Job', 'done', { replicas: 1 }), anOwner('CronJob', 'between', { replicas: undefined }),
    anOwner('Deployment', 'refused'), anOwner('Job', 'running', { replicas: 1 }),
  ]
  const pods = [aPod('done-a', anOwner('Job', 'done'), 'n1', { phase: 'Succeeded' }), aPod('running-a', anOwner('Job', 'running'), 'n1')]
  t.strictSame(takeSurvey(aState({ owners, pods })).findings.map(({ workload, wanted, pods }) => [workload.name, wanted, pods]), [
    ['running', 1, 1], ['refused', 3, 0],
  ])
})

void t.test('pods that run and are of none of these are told', async t => {
  const daemon = { group: 'apps', kind: 'DaemonSet', name: 'd', uid: 'd' }
  const pods = [aPod('b', undefined, 'n1'), aPod('a', undefined, 'n1'), aPod('waits', undefined, undefined), aPod('d-1', daemon, 'n1'), aPod('d-2', daemon, undefined)]
  t.strictSame(takeSurvey(aState({ pods, missing: ['x'] })), { findings: [], unassigned: { orphans: ['shop/a', 'shop/b'], otherKinds: 1 }, missing: ['x'] })
})

void t.test('what survives is what survives every choice of as many nodes', async () => {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
  const subsets = nodes.reduce<readonly (readonly string[])[]>((all, node) => all.flatMap(one => [one, [...one, node]]), [[]])
  const placing = fc.array(fc.constantFrom(...nodes), { minLength: 1, maxLength: 12 })
  fc.assert(fc.property(placing, fc.integer({ min: 1, max: 12 }), (places, least) => {
    const left = (lost: readonly string[]): number => places.filter(node => !lost.includes(node)).length
    const most = (needed: number): number => {
      const failing = subsets.filter(lost => left(lost) < needed).map(lost => lost.length)
      return failing.length === 0 ? nodes.length : Math.min(...failing) - 1
    }
    const survival = survivalOf({ pods: webOn(...places), budgets: [aBudget('b', { minAvailable: least })] })
    return survival?.untilNone === most(1) && survival.untilTooFew?.losses === most(least) && survival.domains === new Set(places).size
  }))
})
