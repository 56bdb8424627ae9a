import fc from 'fast-check'
import t from 'tap'
import { parsePodDistributor } from '../../../src/placement/distributor/parse-distributor.ts'
import { invalidDistributors } from './invalid-distributors.ts'
import { validDistributors } from './valid-distributors.ts'
import { distributor, ofGroups, regular, target, withGroup, withSpec, withTarget } from './written.ts'

const mistakesOf = (object: unknown) => {
  const parsed = parsePodDistributor(object)
  return parsed.ok ? [] : parsed.mistakes
}

const valueOf = (object: unknown, namespace?: string) => {
  const parsed = parsePodDistributor(object, namespace)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  return parsed.value
}

void t.test('refuses, with the path of every mistake:', async t => {
  for (const { name, object, paths } of invalidDistributors) {
    t.strictSame(mistakesOf(object).map(({ path }) => path), paths, name)
  }
})

void t.test('accepts:', async t => {
  for (const { name, object } of validDistributors) t.strictSame(mistakesOf(object), [], name)
})

void t.test('reads the classic sample with every default filled in', async t => {
  t.strictSame(valueOf(ofGroups(regular, { nodeLabel: { type: 'spot' }, weight: 20 })), {
    name: 'web',
    namespace: 'default',
    created: 0,
    target: { group: 'apps', kind: 'Deployment', name: 'web' },
    groups: [
      { name: 'type-default', expressions: [{ key: 'type', operator: 'In', values: ['default'] }], weight: 80, base: 0, tolerations: [] },
      { name: 'type-spot', expressions: [{ key: 'type', operator: 'In', values: ['spot'] }], weight: 20, base: 0, tolerations: [] },
    ],
  })
})

void t.test('reads every field', async t => {
  const spread = [{
    maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', minDomains: 3,
    nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Ignore', matchLabelKeys: ['app'],
  }]
  const tolerations = [{ key: 'spot', operator: 'Equal', value: 'x', effect: 'NoExecute', tolerationSeconds: 5 }]
  const podSelector = { matchLabels: { constructor: 'x' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }
  const matchExpressions = [{ key: 'cpus', operator: 'Gt', values: ['8'] }, { key: 'old', operator: 'DoesNotExist' }]
  const written = distributor(
    {
      target: { apiVersion: 'v1', kind: 'ReplicationController', podSelector },
      distribution: [{ name: 'big', nodeLabel: { b: '2', a: '1' }, matchExpressions, weight: 7, base: 2, max: 9, tolerations }, regular],
      enforcement: 'Preferred', spread,
    },
    { name: 'all', namespace: 'shop', creationTimestamp: '2026-01-31T12:00:00Z', labels: { any: 1 }, managedFields: 'ignored' },
  )
  t.strictSame(valueOf({ ...written, status: ['ignored'] }), {
    name: 'all',
    namespace: 'shop',
    created: Date.UTC(2026, 0, 31, 12),
    target: { group: '', kind: 'ReplicationController', podSelector },
    groups: [
      {
        name: 'big',
        expressions: [{ key: 'a', operator: 'In', values: ['1'] }, { key: 'b', operator: 'In', values: ['2'] }, ...matchExpressions],
        weight: 7,
        base: 2,
        max: 9,
        tolerations,
      },
      { name: 'type-default', expressions: [{ key: 'type', operator: 'In', values: ['default'] }], weight: 80, base: 0, tolerations: [] },
    ],
    enforcement: 'Preferred',
    spread,
  })
})

void t.test('tells no spread from an absent one', async t => {
  t.strictSame(valueOf(withSpec({ spread: [] })).spread, [])
  t.notOk('spread' in valueOf(withSpec({ spread: null })))
})

void t.test('takes the namespace it is told when the object has none', async t => {
  t.equal(valueOf(withSpec({}), 'shop').namespace, 'shop')
})

void t.test('reads the API group, not the version, of the target', async t => {
  t.equal(valueOf(withTarget({ apiVersion: 'argoproj.io/v1alpha1' })).target.group, 'argoproj.io')
})

void t.test('says what is wrong and what would be right', async t => {
  const cases = [
    { object: withGroup({ weight: '20' }), want: 'must be an integer from 0 to 1000000, not the text "20"' },
    { object: withGroup({ nodeLabel: [] }), want: 'must be a map, not a list' },
    {
      object: withGroup({ nodeLabel: { spot: true } }),
      want: 'must be a text (put numbers and true or false in quotes), not the boolean true',
    },
    { object: withGroup({ base: 3, max: 2 }), want: 'is 2, less than base, 3, which it includes' },
    { object: ofGroups(regular, regular), want: '"type-default" is the name of spec.distribution[0] too; give one of them another' },
    { object: withTarget({ apiVersion: 'apps' }), want: '"apps" is not group/version, such as apps/v1, nor v1 alone' },
    { object: withSpec({ replicas: 3 }), want: 'is not a field here; there are target, distribution, enforcement, spread' },
    {
      object: withTarget({ kind: 'DaemonSet' }),
      want: 'cannot be DaemonSet, which has a pod on each of its nodes; name a workload whose pods can be divided, such as a Deployment',
    },
    {
      object: withTarget({ apiVersion: 'v1', kind: 'Pod' }),
      want: 'cannot be Pod: only pods that a controller keeps are placed; name that controller, such as a Deployment',
    },
    { object: withTarget({ kind: undefined }), want: 'is missing: the kind of the workload, such as Deployment' },
  ]
  for (const { object, want } of cases) t.strictSame(mistakesOf(object).map(({ message }) => message), [want])
})

void t.test('never throws, whatever stands anywhere', async () => {
  const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true })
  const group = 'spec.distribution.0'
  const paths = ['apiVersion', 'metadata', 'spec', 'spec.target', 'spec.target.podSelector', 'spec.distribution', group,
    `${group}.nodeLabel`, `${group}.tolerations`, `${group}.matchExpressions`, 'spec.spread'] as const
  fc.assert(fc.property(fc.constantFrom(...paths), anything, (path, value) => {
    const object: unknown = structuredClone(distributor({ target, distribution: [regular] }))
    const steps = path.split('.')
    const holder = steps.slice(0, -1).reduce<unknown>((at, step) => Reflect.get(Object(at), step), object)
    Reflect.set(Object(holder), steps.at(-1) ?? '', value)
    const parsed = parsePodDistributor(object)
    return parsed.ok || parsed.mistakes.every(mistake => mistake.message.length > 0)
  }))
})
