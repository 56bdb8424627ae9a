import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { ClusterState, SurveyedNode } from '../../../src/survey/cluster-state.ts'
import { recommend } from '../../../src/survey/recommend/recommend.ts'
import { takeSurvey, type SurveyOptions } from '../../../src/survey/take-survey.ts'
import { aNode, anOwner, aPod, aState } from '../state.ts'
import { carryOut } from './carry-out.ts'

const hostname = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'

interface Plot {
  readonly nodes: readonly { readonly cores: number, readonly zone: string | undefined, readonly trouble: 'none' | 'cordoned' | 'tainted' | 'not ready' }[]
  readonly taken: readonly number[]
  readonly replicas: number
  readonly cpu: number
  readonly existing: readonly object[]
  /** How many nodes have a pod of others that is of the same tier, on the first ones. */
  readonly sameTier: number
  readonly kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet'
  readonly isZoneAsked: boolean
}

const selector = { matchLabels: { app: 'web' } }
/** Counts pods of others as well. */
const wide = { matchLabels: { tier: 'front' } }
const present = [
  { maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selector },
  { maxSkew: 2, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector },
  { maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector, nodeTaintsPolicy: 'Honor', matchLabelKeys: ['pod-template-hash'] },
  { maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', labelSelector: wide, nodeTaintsPolicy: 'Honor' },
  { maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', labelSelector: wide, nodeTaintsPolicy: 'Honor', matchLabelKeys: ['pod-template-hash'] },
  { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selector },
  { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector },
]

const plots: fc.Arbitrary<Plot> = fc.record({
  nodes: fc.array(fc.record({
    cores: fc.integer({ min: 4, max: 16 }), zone: fc.constantFrom('a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', undefined),
    trouble: fc.constantFrom('none', 'none', 'none', 'none', 'cordoned', 'tainted', 'not ready'),
  }), { minLength: 1, maxLength: 8 }),
  taken: fc.array(fc.nat({ max: 7 }), { minLength: 8, maxLength: 8 }),
  replicas: fc.integer({ min: 2, max: 12 }),
  cpu: fc.constantFrom(500, 1000, 2000),
  existing: fc.uniqueArray(fc.constantFrom(...present), { maxLength: 2, selector: ({ topologyKey, whenUnsatisfiable }) => topologyKey + whenUnsatisfiable }),
  sameTier: fc.constantFrom(0, 0, 1, 2, 3),
  kind: fc.constantFrom('Deployment', 'StatefulSet', 'ReplicaSet'),
  isZoneAsked: fc.boolean(),
})

/** All pods on one node or two, as far as they have room there; others have taken part of each node. */
function build({ nodes, taken, replicas, cpu, existing, sameTier, kind }: Plot): ClusterState {
  const built = nodes.map(({ cores, zone: where, trouble }, index): SurveyedNode => ({
    ...aNode(`n${index}`, { [hostname]: `n${index}`, ...(where !== undefined && { [zone]: where }) }),
    allocatable: { cpu: cores * 1000, pods: 110 }, isReady: trouble !== 'not ready', isUnschedulable: trouble === 'cordoned',
    taints: trouble === 'none' || trouble === 'not ready' ? []
      : [{ key: trouble === 'cordoned' ? 'node.kubernetes.io/unschedulable' : 'spot', value: '', effect: 'NoSchedule' }],
  }))
  const labels = { app: 'web', tier: 'front' }
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'app', image: 'app', resources: { requests: { cpu: `${cpu}m` } } }], topologySpreadConstraints: existing },
  }
  const owner = anOwner(kind, 'web', { replicas, template, selector })
  const others = anOwner('ReplicaSet', 'others', { isAsked: false })
  const own = Array.from({ length: replicas }, (_, index) =>
    aPod(`web-${index}`, owner, `n${index % 3 === 2 ? nodes.length - 1 : 0}`, { labels, requests: { cpu } }))
  const rest = built.map(({ name }, index) => aPod(`other-${index}`, others, name, {
    labels: index < sameTier ? { tier: 'front' } : {}, requests: { cpu: (taken[index] ?? 0) * 500 },
  }))
  return aState({ nodes: built, owners: [owner, others], pods: [...own, ...rest] })
}

void t.test('what is promised is what comes of it, whichever node the scheduler takes; and nobody waits', async t => {
  const seen = { promised: 0, zones: 0, restarts: 0 }
  fc.assert(fc.property(plots, fc.boolean(), fc.infiniteStream(fc.nat()), (plot, isAtOnce, chances) => {
    const how = isAtOnce ? 'recreate' : plot.kind === 'Deployment' ? 'roll' : 'replace'
    const state = build(plot)
    const topology = plot.isZoneAsked ? zone : undefined
    const options: SurveyOptions = { topology, minAvailable: '50%' }
    const [finding] = recommend(takeSurvey(state, options), { state, isWhole: true, targets: undefined, own: undefined, topology }).findings
    const { change, promise } = finding?.recommendation ?? {}
    if (finding === undefined || change === undefined || promise === undefined) return
    const after = carryOut(state, finding, change, how, nodes => nodes[Number(chances.next().value) % nodes.length])
    const [now] = takeSurvey(after.state, options).findings
    deepEqual({ waiting: after.waiting, pods: now?.pods }, { waiting: 0, pods: plot.replicas })
    const { nodes, topology: zones } = promise
    deepEqual(now?.nodes, nodes)
    if (zones !== undefined) {
      const { unlabelled: _, ...found } = now?.topology ?? { unlabelled: 0, untilTooFew: undefined }
      const { untilTooFew, ...losses } = found
      // How many stand in each zone is not always certain.
      deepEqual(zones.untilTooFew === undefined ? losses : { untilTooFew, ...losses }, zones)
      seen.zones += 1
    }
    seen.promised += 1
    if (change.kind === 'restart') seen.restarts += 1
  }), { numRuns: 3000 })
  t.ok(seen.promised > 200 && seen.zones > 30 && seen.restarts > 3, `enough was promised: ${JSON.stringify(seen)}`)
})
