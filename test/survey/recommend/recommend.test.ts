import t from 'tap'
import type { ClusterState, SurveyedOwner } from '../../../src/survey/cluster-state.ts'
import type { Advice } from '../../../src/survey/recommend/recommend.ts'
import type { Recommendation } from '../../../src/survey/recommend/recommendation.ts'
import { aBudget, aPod } from '../state.ts'
import { adviceOn, aHost, clusterOf, hardHost, hostname, selector, templateWith, three, web, zone } from './advice-on.ts'

const softZone = { ...hardHost, topologyKey: zone, whenUnsatisfiable: 'ScheduleAnyway' }

void t.test('a Deployment on one node of three: the whole recommendation', async t => {
  const body = { spec: { template: { spec: { topologySpreadConstraints: [hardHost] } } } }
  t.strictSame(adviceOn(clusterOf(web('Deployment'), ['a', 'a', 'a'], three)), {
    summary: 'give its template a topologySpreadConstraint: DoNotSchedule over kubernetes.io/hostname',
    notes: ['of 3 nodes 3 have room for another of its pods'],
    change: { kind: 'patch', type: 'strategic', body },
    commands: [`kubectl -n shop patch deployment/web --type strategic -p '${JSON.stringify(body)}'`],
    promise: { nodes: { domains: 3, untilNone: 2 } },
  })
})

/** The constraints that a patch brings, whichever way. */
function constraintsOf(recommendation: Recommendation | undefined): unknown {
  const { change } = recommendation ?? {}
  if (change?.kind !== 'patch') return change?.kind
  if (change.type === 'json') return change.body
  return (change.body as { readonly spec: { readonly template: { readonly spec: { readonly topologySpreadConstraints: unknown } } } })
    .spec.template.spec.topologySpreadConstraints
}

const inZones = [aHost('a', { [zone]: 'x' }), aHost('b', { [zone]: 'y' }), aHost('c', { [zone]: 'y' })]
const { matchLabelKeys: _, ...withoutKeys } = hardHost
const soft = { ...hardHost, whenUnsatisfiable: 'ScheduleAnyway' }
const path = '/spec/template/spec/topologySpreadConstraints'

void t.test('the smallest change: constraints that are there stay, and none is there twice', async t => {
  const cases: readonly { readonly name: string, readonly state: ClusterState, readonly want: unknown }[] = [
    { name: 'zones are wished for where nodes have several', state: clusterOf(web('Deployment'), ['a', 'a', 'a'], inZones), want: [hardHost, softZone] },
    { name: 'and not where one of them has none', state: clusterOf(web('Deployment'), ['a', 'a', 'a'], [...inZones, aHost('d')]), want: [hardHost] },
    {
      name: 'each kind has a label of its own for revisions', state: clusterOf(web('StatefulSet'), ['a', 'a'], three),
      want: [{ ...hardHost, matchLabelKeys: ['controller-revision-hash'] }],
    },
    { name: 'but a ReplicaSet, which has none', state: clusterOf(web('ReplicaSet'), ['a', 'a'], three), want: [withoutKeys] },
    {
      name: 'a custom resource takes no strategic patch', state: clusterOf(web('Rollout'), ['a', 'a'], three),
      want: [{ op: 'add', path, value: [{ ...hardHost, matchLabelKeys: ['rollouts-pod-template-hash'] }] }],
    },
    {
      name: 'its own over another key', state: clusterOf(web('Deployment', { template: templateWith({ topologySpreadConstraints: [softZone] }) }), ['a', 'a'], inZones),
      want: [hardHost],
    },
    {
      name: 'its own soft one over hosts', state: clusterOf(web('Deployment', { template: templateWith({ topologySpreadConstraints: [soft] }) }), ['a', 'a'], three),
      want: [{ op: 'test', path, value: [soft] }, { op: 'add', path: `${path}/-`, value: hardHost }],
    },
    {
      name: 'its own hard one that counts what an update removes',
      state: clusterOf(web('Deployment', { template: templateWith({ topologySpreadConstraints: [softZone, withoutKeys] }) }), ['a', 'a'], three),
      want: [{ op: 'test', path, value: [softZone, withoutKeys] }, { op: 'replace', path: `${path}/1`, value: hardHost }],
    },
    {
      name: 'its own that says it all', state: clusterOf(web('Deployment', { template: templateWith({ topologySpreadConstraints: [hardHost] }) }), ['a', 'a'], three),
      want: 'restart',
    },
  ]
  for (const { name, state, want } of cases) t.strictSame(constraintsOf(adviceOn(state)), want, name)
})

void t.test('a constraint of its own that counts other pods, or says more than ours would, stays, and nothing is promised of it', async t => {
  const { maxSkew, topologyKey, whenUnsatisfiable } = hardHost
  const tier = { labelSelector: { matchLabels: { tier: 'web' } } }
  const labels = { app: 'web', tier: 'web' }
  const bare = ['a', 'a', 'b', 'b'].map((node, index) => aPod(`bare-${index}`, undefined, node, { labels: { tier: 'web' } }))
  const has = (more: object): SurveyedOwner => web('StatefulSet', {
    replicas: 2, template: { ...templateWith({ topologySpreadConstraints: [{ maxSkew, topologyKey, whenUnsatisfiable, labelSelector: selector, ...more }] }), metadata: { labels } },
  })
  const wide = has({ ...tier, nodeTaintsPolicy: 'Honor' })
  const cases: readonly { readonly name: string, readonly state: ClusterState, readonly fields: string }[] = [
    { name: 'pods of others are counted too', state: clusterOf(wide, ['c', 'c'], three, { pods: bare.slice(0, 1) }), fields: 'labelSelector' },
    { name: 'pods of others leave it one node', state: clusterOf(wide, ['c', 'c'], three, { pods: bare }), fields: 'labelSelector' },
    { name: 'so many domains', state: clusterOf(has({ minDomains: 3 }), ['c', 'c'], three), fields: 'minDomains' },
    { name: 'all nodes', state: clusterOf(has({ nodeAffinityPolicy: 'Ignore' }), ['c', 'c'], three), fields: 'nodeAffinityPolicy' },
    { name: 'several', state: clusterOf(has({ ...tier, minDomains: 3 }), ['c', 'c'], three), fields: 'labelSelector, minDomains' },
    { name: 'by labels of its own', state: clusterOf(has({ matchLabelKeys: ['track'] }), ['c', 'c'], three), fields: 'matchLabelKeys' },
  ]
  for (const { name, state, fields } of cases) {
    const { summary, change, promise } = adviceOn(state) ?? {}
    t.strictSame({ summary, change, promise }, {
      summary: `its template has DoNotSchedule over kubernetes.io/hostname with ${fields} of its own: that stays, and it can have no other beside it`,
      change: undefined, promise: undefined,
    }, name)
  }
  t.strictSame(adviceOn(clusterOf(wide, ['c', 'c'], three))?.change, { kind: 'restart' }, 'a wider selector that matches no others is as good as its own')
  const written = has({ minDomains: 1, nodeAffinityPolicy: 'Honor', labelSelector: { matchExpressions: [], matchLabels: { app: 'web' } } })
  const same = { ...written, selector: { matchLabels: { app: 'web' }, matchExpressions: [] } }
  t.equal(adviceOn(clusterOf(same, ['c', 'c'], three))?.change?.kind, 'patch', 'what is but written out may be replaced')
})

const full = aPod('other', undefined, 'c', { namespace: 'else', requests: { cpu: 8000 } })
const soon = (more: object): ClusterState => clusterOf(web('Deployment', { template: templateWith(more) }), ['a', 'a'], three)

void t.test('nothing is promised where it is not certain, and it is said why', async t => {
  const cases: readonly { readonly name: string, readonly state: ClusterState, readonly more?: Partial<Advice>, readonly says: RegExp }[] = [
    {
      name: 'a full node counts as an empty domain', state: clusterOf(web('Deployment'), ['a', 'a', 'a'], three, { pods: [full] }),
      says: /1 has less than 1 of cpu left/u,
    },
    { name: 'a claim', state: soon({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'v' } }] }), says: /PersistentVolumeClaim/u },
    { name: 'volumes of its own', state: clusterOf(web('StatefulSet', { hasClaims: true }), ['a', 'a'], three), says: /bound to a node keeps its pod there/u },
    {
      name: 'required anti-affinity', says: /pod anti-affinity/u,
      state: soon({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: zone, labelSelector: selector }] } } }),
    },
    { name: 'another hard constraint', state: soon({ topologySpreadConstraints: [{ ...softZone, whenUnsatisfiable: 'DoNotSchedule' }] }), says: /hard spread over topology/u },
    {
      name: 'its selector matches others', state: clusterOf(web('Deployment'), ['a', 'a'], three, { pods: [aPod('x', undefined, 'b', { labels: { app: 'web' } })] }),
      says: /matches 1 of others' pods/u,
    },
    { name: 'two nodes of one name', state: clusterOf(web('Deployment'), ['a', 'a'], [aHost('a'), aHost('b', { [hostname]: 'a' })]), says: /same value of kubernetes/u },
    { name: 'not everything was read', state: clusterOf(web('Deployment'), ['a', 'a'], three), more: { isWhole: false }, says: /to list all nodes, and the pods of every namespace/u },
  ]
  for (const { name, state, more, says } of cases) {
    const recommendation = adviceOn(state, more)
    t.equal(recommendation?.promise, undefined, name)
    t.match([recommendation?.summary, ...recommendation?.notes ?? []].join('\n'), says, name)
    t.notMatch(JSON.stringify(recommendation?.change ?? {}), /DoNotSchedule/u, `${name}: no pod would wait`)
  }
})

void t.test('where no change helps, it is said plainly', async t => {
  const gpu = web('Deployment', { template: templateWith({}, { memory: '64Gi' }) })
  const cases: readonly { readonly name: string, readonly state: ClusterState, readonly more?: Partial<Advice>, readonly summary: RegExp }[] = [
    { name: 'one replica', state: clusterOf(web('Deployment', { replicas: 1 }), ['a'], three), summary: /^one replica: there is nothing to spread/u },
    {
      name: 'as even as can be, where nothing is certain', state: clusterOf(web('Deployment', { replicas: 4 }), ['a', 'a', 'b', 'c'], three, { pods: [full] }),
      summary: /^nothing spreads it further: it stands on 3 nodes, of 3/u,
    },
    { name: 'on all nodes already', state: clusterOf(web('Deployment', { replicas: 4 }), ['a', 'a', 'b', 'c'], three), summary: /^nothing spreads it further: it stands on 3 nodes, of 3/u },
    {
      name: 'its nodeSelector leaves one', summary: /^1 node may take its pods/u,
      state: clusterOf(web('Deployment', { template: templateWith({ nodeSelector: { disk: 'ssd' } }) }), ['a', 'a'], [aHost('a', { disk: 'ssd' }), aHost('b')]),
    },
    { name: 'a CronJob', state: clusterOf(web('CronJob'), ['a', 'a'], three), summary: /^put a topologySpreadConstraint into its jobTemplate/u },
    { name: 'a Job', state: clusterOf(web('Job'), ['a', 'a'], three), summary: /template of a Job that is there cannot be changed/u },
    {
      name: 'no node is large enough', state: clusterOf(gpu, [undefined, undefined], three),
      summary: /^a pod asks for 64 GiB of memory; the largest node has 32 GiB$/u,
    },
    {
      name: 'a PodDistributor is there', state: clusterOf(web('Deployment'), ['a', 'a'], three), summary: /^the PodDistributor split places its pods/u,
      more: { targets: [{ namespace: 'shop', name: 'split', target: { group: 'apps', kind: 'Deployment' } }] },
    },
  ]
  for (const { name, state, more, summary } of cases) {
    const recommendation = adviceOn(state, more)
    t.match(recommendation?.summary, summary, name)
    t.strictSame([recommendation?.change, recommendation?.commands, recommendation?.promise], [undefined, [], undefined], name)
  }
  t.equal(adviceOn(clusterOf(web('Deployment'), ['a', 'b', 'c'], three)), undefined, 'nothing is said of what is spread')
  for (const kind of ['Job', 'CronJob']) {
    t.equal(adviceOn(clusterOf(web(kind, { replicas: kind === 'Job' ? 1 : undefined }), ['a'], three)), undefined, `nor of one pod of a ${kind}`)
  }
})

void t.test('a budget of its own is kept in the promise, one that others share is not', async t => {
  const nodes = [aHost('a'), aHost('b')]
  const budgets = [aBudget('web', { selector, minAvailable: 2 })]
  const own = clusterOf(web('Deployment', { replicas: 3 }), ['a', 'a', 'a'], nodes, { budgets })
  t.strictSame(adviceOn(own)?.promise, { nodes: { domains: 2, untilNone: 1, untilTooFew: { least: 2, by: 'PodDisruptionBudget web', losses: 0 } } })
  const shared = clusterOf(web('Deployment', { replicas: 3 }), ['a', 'a', 'a'], nodes, {
    budgets: [aBudget('all', { minAvailable: 2 })], pods: [aPod('x', undefined, 'b')],
  })
  t.strictSame(adviceOn(shared)?.promise, { nodes: { domains: 2, untilNone: 1 } })
  const guessed = clusterOf(web('Rollout', { group: 'argoproj.io', replicas: 3 }), ['a', 'a', 'a'], nodes, {
    budgets: [aBudget('web', { selector, maxUnavailable: 1 })],
  })
  t.strictSame(adviceOn(guessed)?.promise?.nodes.untilTooFew, undefined, 'nor one of which it is not certain what it asks for')
  t.equal(adviceOn(guessed)?.promise?.nodes.untilNone, 1)
})
