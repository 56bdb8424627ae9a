import {
  distributor, many, ofGroups, regular, target, withExpression, withGroup, withSpec, withSpread, withTarget, withToleration,
} from './written.ts'

export interface ValidDistributor {
  readonly name: string
  readonly object: unknown
}

const spot = { nodeLabel: { type: 'spot' }, weight: 20 }
const word = 'x'.repeat(63)
const longestKey = `${many(4, () => 'p'.repeat(62)).join('.')}p/${word}`

/** As large as limits allow: what the CRD's rules cost at most. */
const greatest = distributor({
  target: { apiVersion: 'v1', kind: 'ReplicationController' },
  distribution: many(32, index => ({
    name: `${word.slice(0, 60)}-${index + 10}`.slice(0, 63),
    nodeLabel: Object.fromEntries(many(16, label => [`${longestKey.slice(0, -3)}-${label + 10}`, word])),
    matchExpressions: many(16, () => ({ key: longestKey, operator: 'In', values: many(64, () => word) })),
    weight: 1_000_000,
    base: 1_000_000,
    ...(index === 31 ? {} : { max: 1_000_000 }),
    tolerations: many(16, () => ({ key: longestKey, operator: 'Equal', value: word, effect: 'NoExecute', tolerationSeconds: 2 ** 53 - 1 })),
  })),
  spread: many(8, index => ({
    maxSkew: 2_147_483_647,
    topologyKey: `${longestKey.slice(0, -3)}-${index + 10}`,
    whenUnsatisfiable: 'DoNotSchedule',
    minDomains: 2_147_483_647,
    matchLabelKeys: many(8, key => `${longestKey.slice(0, -3)}-${key + 10}`),
  })),
})

export const validDistributors: readonly ValidDistributor[] = [
  { name: 'the classic two groups', object: ofGroups(regular, spot) },
  { name: 'one group', object: ofGroups(regular) },
  { name: 'a name of 63', object: distributor({ target, distribution: [regular] }, { name: 'a'.repeat(63) }) },
  { name: 'a name with dots', object: distributor({ target, distribution: [regular] }, { name: 'web.shop' }) },
  { name: 'creationTimestamp null', object: distributor({ target, distribution: [regular] }, { name: 'web', creationTimestamp: null }) },
  { name: 'percentages that do not sum to 100', object: ofGroups({ ...regular, weight: 33 }, spot) },
  { name: 'a weight of 0', object: ofGroups({ ...regular, weight: 0, base: 2 }, spot) },
  { name: 'max equal to base', object: withGroup({ base: 2, max: 2 }) },
  { name: 'max 0', object: withGroup({ max: 0 }) },
  {
    name: 'nulls, which count as absent',
    object: withGroup({ name: null, base: null, max: null, tolerations: null, matchExpressions: null }),
  },
  { name: 'nothing in lists that may be empty', object: withSpec({ distribution: [{ ...regular, tolerations: [] }], spread: [] }) },
  { name: 'spread null', object: withSpec({ spread: null }) },
  { name: 'constructor as label key', object: withGroup({ nodeLabel: { constructor: 'spot' } }) },
  { name: 'an empty label value', object: withGroup({ nodeLabel: { 'node-role.kubernetes.io/worker': '' } }) },
  { name: 'the longest key and value', object: withGroup({ nodeLabel: { [longestKey]: word } }) },
  {
    name: 'expressions and a name',
    object: ofGroups(regular, { name: 'Spot_1.a', matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }], weight: 1 }),
  },
  { name: 'labels and expressions', object: withExpression({ key: 'zone', operator: 'NotIn', values: ['a', ''] }) },
  { name: 'Exists with an empty list', object: withExpression({ key: 'zone', operator: 'Exists', values: [] }) },
  { name: 'Gt 0', object: withExpression({ key: 'cpus', operator: 'Gt', values: ['0'] }) },
  { name: 'Lt of 18 digits, a zero first', object: withExpression({ key: 'cpus', operator: 'Lt', values: ['099999999999999999'] }) },
  { name: 'tolerate everything', object: withToleration({ operator: 'Exists' }) },
  { name: 'tolerate everything, empty key', object: withToleration({ key: '', operator: 'Exists', value: '' }) },
  { name: 'tolerate an empty value', object: withToleration({ key: 'spot' }) },
  {
    name: 'tolerate for a time',
    object: withToleration({ key: 'a.b/c', operator: 'Equal', value: 'x', effect: 'NoExecute', tolerationSeconds: -1 }),
  },
  { name: 'a target without a name', object: withTarget({ name: undefined }) },
  { name: 'a target in a group of its own', object: withTarget({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }) },
  { name: 'a DaemonSet of another group', object: withTarget({ apiVersion: 'apps.kruise.io/v1alpha1', kind: 'DaemonSet' }) },
  { name: 'a Pod of another group', object: withTarget({ apiVersion: 'apps/v1', kind: 'Pod' }) },
  {
    name: 'pods selected',
    object: withTarget({
      podSelector: { matchLabels: { app: 'web', x: '' }, matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] },
    }),
  },
  { name: 'pods selected by nothing', object: withTarget({ podSelector: {} }) },
  { name: 'pods selected by empty parts', object: withTarget({ podSelector: { matchLabels: {}, matchExpressions: [] } }) },
  { name: 'Required', object: withSpec({ enforcement: 'Required' }) },
  { name: 'Preferred', object: withSpec({ enforcement: 'Preferred' }) },
  {
    name: 'spread with everything',
    object: withSpread({
      minDomains: 2, nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Ignore', matchLabelKeys: ['pod-template-hash', 'a.b/c'],
    }),
  },
  {
    name: 'one topologyKey, hard and soft',
    object: withSpec({
      spread: ['DoNotSchedule', 'ScheduleAnyway'].map(whenUnsatisfiable => ({ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable })),
    }),
  },
  { name: 'the greatest', object: greatest },
]
