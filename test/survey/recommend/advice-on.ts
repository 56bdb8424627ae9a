import type { ClusterState, SurveyedNode, SurveyedOwner, SurveyedPod } from '../../../src/survey/cluster-state.ts'
import { recommend, type Advice } from '../../../src/survey/recommend/recommend.ts'
import type { Recommendation } from '../../../src/survey/recommend/recommendation.ts'
import { takeSurvey } from '../../../src/survey/take-survey.ts'
import { aNode, anOwner, aPod, aState } from '../state.ts'

export const hostname = 'kubernetes.io/hostname'
export const zone = 'topology.kubernetes.io/zone'
export const selector = { matchLabels: { app: 'web' } }

export const aHost = (name: string, labels: SurveyedNode['labels'] = {}, more: Partial<SurveyedNode> = {}): SurveyedNode =>
  ({ ...aNode(name, { [hostname]: name, ...labels }), allocatable: { cpu: 8000, memory: 32 * 2 ** 30, pods: 110 }, ...more })

export const templateWith = (spec: object = {}, requests: object = { cpu: '1' }): object =>
  ({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app', resources: { requests } }], ...spec } })

export const web = (kind: string, more: Partial<SurveyedOwner> = {}): SurveyedOwner => anOwner(kind, 'web', { selector, template: templateWith(), ...more })

/** A cluster with one workload, its pods where they are named. */
export function clusterOf(owner: SurveyedOwner, on: readonly (string | undefined)[], nodes: readonly SurveyedNode[], more: Partial<ClusterState> = {}): ClusterState {
  const pods = on.map((node, index): SurveyedPod => aPod(`web-${index}`, owner, node, { labels: { app: 'web' }, requests: { cpu: 1000 } }))
  return aState({ owners: [owner], nodes, ...more, pods: [...pods, ...more.pods ?? []] })
}

export function adviceOn(state: ClusterState, more: Partial<Advice> = {}): Recommendation | undefined {
  const advice: Advice = { state, isWhole: true, targets: undefined, own: { namespace: 'versprei-system' }, topology: undefined, ...more }
  return recommend(takeSurvey(state, { topology: advice.topology }), advice).findings[0]?.recommendation
}

export const three = [aHost('a'), aHost('b'), aHost('c')]
export const hardHost = {
  maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector, nodeTaintsPolicy: 'Honor', matchLabelKeys: ['pod-template-hash'],
}

export const capacity = 'karpenter.sh/capacity-type'
export const mixed = [aHost('a', { [capacity]: 'on-demand' }), aHost('b', { [capacity]: 'on-demand' }), aHost('c', { [capacity]: 'spot' })]
