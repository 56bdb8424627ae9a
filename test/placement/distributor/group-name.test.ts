import fc from 'fast-check'
import t from 'tap'
import { deriveGroupName } from '../../../src/placement/distributor/group-name.ts'
import { faultOfGroupName, faultOfLabelKey, faultOfLabelValue } from '../../../src/placement/distributor/label-syntax.ts'

void t.test('derives the last part of the first key, a dash and the value', async t => {
  const cases = [
    { labels: [['type', 'default']], want: 'type-default' },
    { labels: [['cloud.google.com/gke-spot', 'true']], want: 'gke-spot-true' },
    { labels: [['a', '1'], ['b', '2']], want: 'a-1' },
    { labels: [['node-role.kubernetes.io/worker', '']], want: 'worker' },
    { labels: [['k'.repeat(62), '-']], want: 'k'.repeat(62) },
    { labels: [['key', 'v'.repeat(63)]], want: `key-${'v'.repeat(59)}` },
  ] as const
  for (const { labels, want } of cases) t.equal(deriveGroupName(labels), want)
})

const outer = fc.constantFrom(...Array.from('abcXYZ019'))
const inner = fc.string({ unit: fc.constantFrom(...Array.from('abXY09-_.')), maxLength: 61 })
const word = fc.tuple(outer, inner, outer).map(parts => parts.join(''))

void t.test('is valid whatever the label', async () => {
  fc.assert(fc.property(fc.oneof(word, word.map(name => `a.b-c/${name}`)), fc.oneof(word, fc.constant('')), (key, value) => {
    const name = deriveGroupName([[key, value]])
    return faultOfLabelKey(key) === undefined && faultOfLabelValue(value) === undefined && faultOfGroupName(name) === undefined
  }))
})
