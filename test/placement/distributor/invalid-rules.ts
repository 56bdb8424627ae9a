import type { InvalidDistributor } from './invalid-distributors.ts'
import { distributor, longKey, many, regular, target, withExpression, withGroup, withSpec, withSpread, withToleration } from './written.ts'

const group = 'spec.distribution[1]'
const expression = `${group}.matchExpressions[0]`
const toleration = `${group}.tolerations[0]`
const constraint = 'spec.spread[0]'

/** What is wrong about expressions, tolerations, spread and enforcement; and mistakes of every kind at once. */
export const invalidRules: readonly InvalidDistributor[] = [
  { name: 'no expression', object: withGroup({ matchExpressions: [] }), paths: [`${group}.matchExpressions`] },
  {
    name: '17 expressions',
    object: withGroup({ matchExpressions: many(17, () => ({ key: 'a', operator: 'Exists' })) }),
    paths: [`${group}.matchExpressions`],
  },
  { name: 'expressions a map', object: withGroup({ matchExpressions: {} }), paths: [`${group}.matchExpressions`] },
  { name: 'expression null', object: withExpression(null), paths: [expression] },
  { name: 'expression empty', object: withExpression({}), paths: [`${expression}.key`, `${expression}.operator`] },
  {
    name: 'expression of unknown field',
    object: withExpression({ key: 'a', operator: 'In', value: ['x'] }),
    paths: [`${expression}.value`, `${expression}.values`],
    crd: [`${expression}.value`],
  },
  { name: 'expression key empty', object: withExpression({ key: '', operator: 'Exists' }), paths: [`${expression}.key`] },
  { name: 'expression key prefix of 254', object: withExpression({ key: longKey, operator: 'Exists' }), paths: [`${expression}.key`] },
  { name: 'operator unknown', object: withExpression({ key: 'a', operator: 'Equals', values: ['x'] }), paths: [`${expression}.operator`] },
  {
    name: 'operator in lower case',
    object: withExpression({ key: 'a', operator: 'in', values: ['x'] }),
    paths: [`${expression}.operator`],
  },
  { name: 'In without values', object: withExpression({ key: 'a', operator: 'In' }), paths: [`${expression}.values`] },
  {
    name: 'NotIn with an empty list',
    object: withExpression({ key: 'a', operator: 'NotIn', values: [] }),
    paths: [`${expression}.values`],
  },
  { name: 'Exists with a value', object: withExpression({ key: 'a', operator: 'Exists', values: ['x'] }), paths: [`${expression}.values`] },
  {
    name: 'DoesNotExist with a value',
    object: withExpression({ key: 'a', operator: 'DoesNotExist', values: ['x'] }),
    paths: [`${expression}.values`],
  },
  { name: 'Gt without value', object: withExpression({ key: 'a', operator: 'Gt' }), paths: [`${expression}.values`] },
  { name: 'Gt with two values', object: withExpression({ key: 'a', operator: 'Gt', values: ['1', '2'] }), paths: [`${expression}.values`] },
  {
    name: 'Gt below 0',
    object: withExpression({ key: 'a', operator: 'Gt', values: ['-1'] }),
    paths: [`${expression}.values[0]`],
    crd: [`${expression}.values[0]`, `${expression}.values`],
  },
  { name: 'Lt with a word', object: withExpression({ key: 'a', operator: 'Lt', values: ['many'] }), paths: [`${expression}.values`] },
  {
    name: 'Lt with 19 digits',
    object: withExpression({ key: 'a', operator: 'Lt', values: ['9999999999999999999'] }),
    paths: [`${expression}.values`],
  },
  { name: 'values a text', object: withExpression({ key: 'a', operator: 'In', values: 'x' }), paths: [`${expression}.values`] },
  {
    name: 'a value that is a number',
    object: withExpression({ key: 'a', operator: 'In', values: ['x', 2] }),
    paths: [`${expression}.values[1]`],
  },
  { name: 'a value null', object: withExpression({ key: 'a', operator: 'In', values: [null] }), paths: [`${expression}.values[0]`] },
  {
    name: 'a value with a space',
    object: withExpression({ key: 'a', operator: 'In', values: ['x y'] }),
    paths: [`${expression}.values[0]`],
  },
  { name: '65 values', object: withExpression({ key: 'a', operator: 'In', values: many(65, String) }), paths: [`${expression}.values`] },
  { name: 'tolerations a map', object: withGroup({ tolerations: {} }), paths: [`${group}.tolerations`] },
  { name: '17 tolerations', object: withGroup({ tolerations: many(17, () => ({ operator: 'Exists' })) }), paths: [`${group}.tolerations`] },
  { name: 'toleration null', object: withToleration(null), paths: [toleration] },
  { name: 'toleration empty', object: withToleration({}), paths: [`${toleration}.key`] },
  { name: 'empty key with Equal', object: withToleration({ key: '', operator: 'Equal', value: 'x' }), paths: [`${toleration}.key`] },
  { name: 'taint key bad', object: withToleration({ key: 'a b', operator: 'Exists' }), paths: [`${toleration}.key`] },
  { name: 'taint key prefix of 254', object: withToleration({ key: longKey, operator: 'Exists' }), paths: [`${toleration}.key`] },
  {
    name: 'toleration Exists with a value',
    object: withToleration({ key: 'spot', operator: 'Exists', value: 'x' }),
    paths: [`${toleration}.value`],
  },
  { name: 'toleration value bad', object: withToleration({ key: 'spot', value: 'x y' }), paths: [`${toleration}.value`] },
  {
    name: 'toleration Lt, behind a gate',
    object: withToleration({ key: 'spot', operator: 'Lt', value: '5' }),
    paths: [`${toleration}.operator`],
  },
  {
    name: 'effect unknown',
    object: withToleration({ key: 'spot', operator: 'Exists', effect: 'NoStart' }),
    paths: [`${toleration}.effect`],
  },
  {
    name: 'seconds without effect',
    object: withToleration({ key: 'spot', operator: 'Exists', tolerationSeconds: 5 }),
    paths: [`${toleration}.effect`],
  },
  {
    name: 'seconds with NoSchedule',
    object: withToleration({ key: 'spot', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }),
    paths: [`${toleration}.effect`],
  },
  {
    name: 'seconds a text',
    object: withToleration({ key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: '5' }),
    paths: [`${toleration}.tolerationSeconds`],
  },
  {
    name: 'unknown field in a toleration',
    object: withToleration({ key: 'spot', operator: 'Exists', effects: 'x' }),
    paths: [`${toleration}.effects`],
  },
  { name: 'spread a text', object: withSpec({ spread: 'none' }), paths: ['spec.spread'] },
  {
    name: 'nine constraints',
    object: withSpec({ spread: many(9, index => ({ maxSkew: 1, topologyKey: `k${index}`, whenUnsatisfiable: 'DoNotSchedule' })) }),
    paths: ['spec.spread'],
  },
  {
    name: 'constraint empty',
    object: withSpec({ spread: [{}] }),
    paths: [`${constraint}.maxSkew`, `${constraint}.topologyKey`, `${constraint}.whenUnsatisfiable`],
  },
  { name: 'maxSkew 0', object: withSpread({ maxSkew: 0 }), paths: [`${constraint}.maxSkew`] },
  { name: 'maxSkew over int32', object: withSpread({ maxSkew: 2_147_483_648 }), paths: [`${constraint}.maxSkew`] },
  { name: 'topologyKey empty', object: withSpread({ topologyKey: '' }), paths: [`${constraint}.topologyKey`] },
  { name: 'topologyKey bad', object: withSpread({ topologyKey: 'a b' }), paths: [`${constraint}.topologyKey`] },
  { name: 'whenUnsatisfiable unknown', object: withSpread({ whenUnsatisfiable: 'Never' }), paths: [`${constraint}.whenUnsatisfiable`] },
  { name: 'minDomains 0', object: withSpread({ minDomains: 0 }), paths: [`${constraint}.minDomains`] },
  {
    name: 'minDomains with ScheduleAnyway',
    object: withSpread({ minDomains: 2, whenUnsatisfiable: 'ScheduleAnyway' }),
    paths: [`${constraint}.minDomains`],
  },
  {
    name: 'policy unknown',
    object: withSpread({ nodeAffinityPolicy: 'Yes', nodeTaintsPolicy: 'No' }),
    paths: [`${constraint}.nodeAffinityPolicy`, `${constraint}.nodeTaintsPolicy`],
  },
  { name: 'a labelSelector', object: withSpread({ labelSelector: {} }), paths: [`${constraint}.labelSelector`] },
  { name: 'matchLabelKeys a text', object: withSpread({ matchLabelKeys: 'app' }), paths: [`${constraint}.matchLabelKeys`] },
  { name: 'matchLabelKeys bad', object: withSpread({ matchLabelKeys: ['a b'] }), paths: [`${constraint}.matchLabelKeys[0]`] },
  { name: 'matchLabelKeys null', object: withSpread({ matchLabelKeys: [null] }), paths: [`${constraint}.matchLabelKeys[0]`] },
  { name: 'matchLabelKeys twice', object: withSpread({ matchLabelKeys: ['app', 'app'] }), paths: [`${constraint}.matchLabelKeys[1]`] },
  {
    name: 'matchLabelKeys of nine',
    object: withSpread({ matchLabelKeys: many(9, index => `k${index}`) }),
    paths: [`${constraint}.matchLabelKeys`],
  },
  {
    name: 'matchLabelKeys that Versprei selects by',
    object: withSpread({ matchLabelKeys: ['versprei.io/distributor', 'versprei.io/group'] }),
    paths: [`${constraint}.matchLabelKeys[0]`, `${constraint}.matchLabelKeys[1]`],
  },
  {
    name: 'a constraint twice',
    object: withSpec({ spread: [1, 2].map(maxSkew => ({ maxSkew, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' })) }),
    paths: ['spec.spread[1]'],
  },
  { name: 'enforcement unknown', object: withSpec({ enforcement: 'Always' }), paths: ['spec.enforcement'] },
  {
    name: 'mistakes in many places',
    object: distributor({
      target: { ...target, kind: 'x y' },
      distribution: [{ ...regular, weight: -5 }, { ...regular, name: '-', max: 'x' }],
      enforcement: 1,
    }),
    paths: ['spec.target.kind', 'spec.distribution[0].weight', `${group}.name`, `${group}.max`, 'spec.enforcement'],
  },
]
