import t from 'tap'
import { pod } from '../known.ts'
import type { Group } from '../../../src/placement/distributor/distributor.ts'
import { impossibleGroups } from '../../../src/placement/nodes/impossible-groups.ts'
import { readPod } from '../../../src/placement/pod.ts'

const group = (value: string): Group =>
  ({ name: value, expressions: [{ key: 'type', operator: 'In', values: [value] }], weight: 1, base: 0, tolerations: [] })
const groups = [group('default'), group('spot')]
const term = (operator: string, ...values: readonly string[]) => ({ matchExpressions: [{ key: 'type', operator, values }] })
const ofTerms = (...nodeSelectorTerms: readonly unknown[]) =>
  ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } })

void t.test('a group is impossible where the pod\'s own nodeSelector and every one of its terms rule it out', async t => {
  const cases: readonly { name: string, spec: Readonly<Record<string, unknown>>, want: readonly number[] }[] = [
    { name: 'nothing asked', spec: {}, want: [] },
    { name: 'something else asked', spec: { nodeSelector: { disk: 'ssd' } }, want: [] },
    { name: 'nodeSelector', spec: { nodeSelector: { type: 'spot' } }, want: [0] },
    { name: 'nodeSelector of neither', spec: { nodeSelector: { type: 'gpu' } }, want: [0, 1] },
    { name: 'a term', spec: ofTerms(term('NotIn', 'spot')), want: [1] },
    { name: 'terms are ORed', spec: ofTerms(term('In', 'spot'), term('In', 'default')), want: [] },
    { name: 'an empty term allows nothing', spec: ofTerms(term('In', 'spot'), {}), want: [0] },
    {
      name: 'matchFields alone rule nothing out',
      spec: ofTerms(term('In', 'spot'), { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }), want: [],
    },
    { name: 'every term empty', spec: ofTerms({}, {}), want: [0, 1] },
    {
      name: 'nodeSelector and terms are ANDed',
      spec: { nodeSelector: { type: 'default' }, ...ofTerms(term('In', 'spot'), term('In', 'default')) }, want: [1],
    },
    {
      name: 'preferences rule nothing out',
      spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: term('In', 'spot') },
      ] } } },
      want: [],
    },
  ]
  for (const { name, spec, want } of cases) {
    const read = readPod(pod(spec))
    t.strictSame('pod' in read && [...impossibleGroups(read.pod, groups)], want, name)
  }
})
