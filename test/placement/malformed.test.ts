import fc from 'fast-check'
import t from 'tap'
import { applyPatch, keepsEverything, valueAt } from './apply-patch.ts'
import { decideOn, know, place, pod, written } from './known.ts'
import { isMap } from '../../src/placement/is-map.ts'

const terms = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'] as const

/** Every place that is read, by its path. */
const places: readonly (readonly (string | number)[])[] = [
  ['metadata'], ['metadata', 'labels'], ['metadata', 'labels', 'app'], [
    'metadata', 'labels', 'pod-template-hash',
  ], ['metadata', 'annotations'],
  ['metadata', 'annotations', 'note'], ['metadata', 'annotations', 'controller.kubernetes.io/pod-deletion-cost'],
  ['metadata', 'ownerReferences'], ['metadata', 'ownerReferences', 0],
  ...['apiVersion', 'kind', 'name', 'uid', 'controller'].map(field => ['metadata', 'ownerReferences', 0, field]),
  ['spec'], ['spec', 'nodeName'], ['spec', 'nodeSelector'], ['spec', 'nodeSelector', 'disk'],
  ...terms.map((_, depth) => terms.slice(0, depth + 1)), [...terms, 0],
  ...['matchFields', 'matchExpressions'].map(field => [...terms, 0, field]), [...terms, 0, 'matchExpressions', 0],
  ...['key', 'operator', 'values'].map(field => [...terms, 0, 'matchExpressions', 0, field]), [
    ...terms, 0, 'matchExpressions', 0, 'values', 0,
  ],
  ['spec', 'topologySpreadConstraints'], ['spec', 'topologySpreadConstraints', 0],
  ...['topologyKey', 'whenUnsatisfiable'].map(field => ['spec', 'topologySpreadConstraints', 0, field]),
  ['spec', 'tolerations'], ['spec', 'tolerations', 0],
  ...['key', 'operator', 'value', 'effect', 'tolerationSeconds'].map(field => ['spec', 'tolerations', 0, field]),
]

const whole = pod({
  nodeSelector: { disk: 'ssd' },
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [
    {
      matchExpressions: [{ key: 'cpu', operator: 'In', values: ['x'] }],
      matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }],
    },
  ] } } },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule' }],
  tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
}, { annotations: { note: 'x' } })

function withValue(object: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) return value
  if (Array.isArray(object) && typeof step === 'number') return object.toSpliced(step, 1, withValue(object[step], rest, value))
  const map = isMap(object) ? object : {}
  return { ...map, [step]: withValue(map[String(step)], rest, value) }
}

const distributor = written({
  distribution: [{ nodeLabel: { type: 'spot' }, weight: 1, tolerations: [{ key: 'spot', operator: 'Exists' }] }], spread: [
    { maxSkew: 2, topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway' },
  ],
})

/** Places or skips for a known reason; what it placed is there, applies, and loses nothing. */
function judge(object: unknown): void {
  const decision = decideOn(know(distributor), object)
  if (decision.kind === 'skip') return
  const patched = applyPatch(object, decision.patch)
  if (!keepsEverything(object, patched)) throw new Error(`lost something: ${JSON.stringify(object)}`)
  const isMarked = valueAt(patched, 'metadata', 'labels', 'versprei.io/group') === decision.group
    && valueAt(patched, 'metadata', 'annotations', 'versprei.io/seat') === String(decision.seat)
  if (!isMarked) throw new Error(`not marked: ${JSON.stringify(patched)}`)
}

const json = fc.jsonValue({ maxDepth: 3 }).map(value => JSON.parse(JSON.stringify(value)) as unknown)
const nasty = fc.constantFrom<unknown>(
  null, 0, true, '', 'x', [], {}, [null], [[]], [{}], {
    toString: 1, valueOf: 1,
  }, [{ toString: 1 }], { length: 1 }, JSON.parse('{"__proto__": "x"}'),
  JSON.parse('{"__proto__": {"a": 1}}'), {
    constructor: 'x', hasOwnProperty: 'y',
  }, { a: null }, JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)),
)

void t.test('anything in any place that is read is placed or left alone, and what is patched applies and loses nothing', async t => {
  judge(whole)
  for (const path of places) fc.assert(fc.property(fc.oneof(nasty, json), value => judge(withValue(whole, path, value))), { numRuns: 40 })
  t.pass(`${places.length} places`)
})

void t.test('any two places at once', async t => {
  const place = fc.constantFrom(...places)
  const value = fc.oneof(nasty, json)
  fc.assert(
    fc.property(place, value, place, value, (a, first, b, second) => judge(withValue(withValue(whole, a, first), b, second))),
    { numRuns: 1000 }
  )
  t.pass('1,000 pods')
})

void t.test('any object at all', async t => {
  fc.assert(fc.property(fc.oneof(nasty, json), judge))
  t.pass('100 objects')
})

void t.test('a wrong type is told with its path', async t => {
  const cases: readonly { name: string, path: readonly (string | number)[], value: unknown, want: string }[] = [
    { name: 'object', path: [], value: 'a pod', want: 'object is not a map' },
    { name: 'labels', path: ['metadata', 'labels'], value: [], want: 'metadata.labels is not a map' },
    { name: 'a label', path: ['metadata', 'labels', 'app'], value: 1, want: 'metadata.labels is not a text' },
    { name: 'owners', path: ['metadata', 'ownerReferences'], value: {}, want: 'metadata.ownerReferences is not a list' },
    { name: 'spec', path: ['spec'], value: null, want: 'spec is missing' },
    { name: 'a term', path: [...terms, 0], value: 7, want: `${terms.join('.')} is not a map` },
    {
      name: 'values', path: [...terms, 0, 'matchExpressions', 0, 'values'], value: 'x',
      want: `${terms.join('.')}.matchExpressions.values is not a list`,
    },
    {
      name: 'a constraint', path: ['spec', 'topologySpreadConstraints', 0, 'topologyKey'], value: {},
      want: 'spec.topologySpreadConstraints.topologyKey is not a text',
    },
    {
      name: 'seconds', path: ['spec', 'tolerations', 0, 'tolerationSeconds'], value: '5',
      want: 'spec.tolerations.tolerationSeconds is not a number',
    },
  ]
  for (const { name, path, value, want } of cases) {
    t.strictSame(
      decideOn(know(), withValue(whole, path, value)), { kind: 'skip', reason: 'malformed', warning: `not placed: ${want}` }, name
    )
  }
})

void t.test('null counts as absent wherever something may be absent', async t => {
  const bare = place(know(), pod())
  for (const field of ['nodeName', 'nodeSelector', 'affinity', 'topologySpreadConstraints', 'tolerations']) {
    t.strictSame(place(know(), pod({ [field]: null })), bare, field)
  }
  t.strictSame(place(know(), pod({}, { annotations: null })), bare, 'annotations')
  t.strictSame(place(know(), pod({}, { labels: { app: null, 'pod-template-hash': '5d4f' } })), bare, 'a label is an empty text')
})

void t.test('names that every object has are keys as any other', async t => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const map = (value: string) => JSON.parse(`{${keys.map(key => `"${key}": "${value}"`).join(', ')}}`) as unknown
  const selector = pod({ nodeSelector: map('a') })
  const labelled = pod(
    {}, { labels: JSON.parse('{"pod-template-hash": "5d4f", "__proto__": "x", "constructor": "y"}'), annotations: map('b') }
  )
  for (const object of [selector, labelled]) {
    const decision = place(know(), object)
    t.equal(decision.group, 'type-default')
    t.ok(keepsEverything(object, applyPatch(object, decision.patch)))
  }
  const asking = know(written(
    { distribution: [{ nodeLabel: { constructor: 'x' }, weight: 1 }, { nodeLabel: { toString: 'x' }, weight: 1 }] }
  ))
  t.equal(place(asking, pod({ nodeSelector: JSON.parse('{"constructor": "other"}') })).group, 'toString-x', 'and contradict as any other')
})
