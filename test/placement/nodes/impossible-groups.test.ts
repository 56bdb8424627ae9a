import t from 'tap'
import { pod } from '../known.ts'
import type { Group } from '../../../src/placement/distributor/distributor.ts'
import { createNodes } from '../../../src/placement/nodes/nodes.ts'
import { impossibleGroups } from '../../../src/placement/nodes/impossible-groups.ts'
import { readPod } from '../../../src/placement/pod.ts'

const group = (value: string): Group =>
  ({ name: value, expressions: [{ key: 'type', operator: 'In', values: [value] }], weight: 1, base: 0, tolerations: [] })
const groups = [group('default'), group('spot')]
const term = (operator: string, ...values: readonly string[]) => ({ matchExpressions: [{ key: 'type', operator, values }] })
const ofTerms = (...nodeSelectorTerms: readonly unknown[]) =>
  ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } })

const onNode = (operator: string, name: string) => ({ matchFields: [{ key: 'metadata.name', operator, values: [name] }] })
const nodes = createNodes()
nodes.replace([
  { name: 'default-0', labels: { type: 'default' } }, { name: 'spot-0', labels: { type: 'spot' } }, { name: 'master', labels: {} },
])

void t.test('a group is impossible where the pod\'s own nodeSelector and every one of its terms rule it out', async t => {
  const cases: readonly { name: string, spec: Readonly<Record<string, unknown>>, want: readonly number[] }[] = [
    { name: 'nothing asked', spec: {}, want: [] },
    { name: 'something else asked', spec: { nodeSelector: { disk: 'ssd' } }, want: [] },
    { name: 'nodeSelector', spec: { nodeSelector: { type: 'spot' } }, want: [0] },
    { name: 'nodeSelector of neither', spec: { nodeSelector: { type: 'gpu' } }, want: [0, 1] },
    { name: 'a term', spec: ofTerms(term('NotIn', 'spot')), want: [1] },
    { name: 'terms are ORed', spec: ofTerms(term('In', 'spot'), term('In', 'default')), want: [] },
    { name: 'an empty term allows nothing', spec: ofTerms(term('In', 'spot'), {}), want: [0] },
    { name: 'a node that nobody knows', spec: ofTerms(onNode('In', 'new')), want: [] },
    { name: 'a known node of another group', spec: ofTerms(onNode('In', 'spot-0')), want: [0] },
    { name: 'a known node of no group', spec: ofTerms(onNode('In', 'master')), want: [0, 1] },
    { name: 'a known node beside another term', spec: ofTerms(term('In', 'default'), onNode('In', 'spot-0')), want: [] },
    { name: 'a known node within a term', spec: ofTerms({ ...term('Exists'), ...onNode('In', 'spot-0') }), want: [0] },
    { name: 'any node but one', spec: ofTerms(onNode('NotIn', 'spot-0')), want: [] },
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
    t.strictSame('pod' in read && [...impossibleGroups(read.pod, groups, nodes)], want, name)
  }
})
