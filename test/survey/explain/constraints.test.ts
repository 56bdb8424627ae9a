import t from 'tap'
import type { Constraints } from '../../../src/survey/explain/constraints.ts'
import { distributor, explained, placedPod } from './facts.ts'

const key = 'kubernetes.io/hostname'
const spot = { key: 'type', operator: 'In', values: ['spot'] }
const ssd = { key: 'disk', operator: 'In', values: ['ssd'] }
const required = (...terms: readonly (readonly unknown[])[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: terms.map(matchExpressions => ({ matchExpressions })),
  } } },
})
const preferred = (weight: number, ...matchExpressions: readonly unknown[]) => ({
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, preference: { matchExpressions } }] } },
})
const spread = (labels: object) => ({ topologySpreadConstraints: [{
  maxSkew: 1, topologyKey: key, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: labels },
}] })
const ours = { 'versprei.io/distributor': 'web', 'versprei.io/group': 'type-spot' }
const toleration = { key: 'spot', operator: 'Exists' }
const usual = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }
const antiAffinity = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: key }] } } }

interface Case {
  readonly name: string
  readonly spec?: object
  /** Of the template; absent: it is not known. */
  readonly template?: object
  readonly want: Partial<Constraints>
}

const cases: readonly Case[] = [
  { name: 'nothing', want: {} },
  { name: 'a nodeSelector', spec: { nodeSelector: { disk: 'ssd' } }, template: {}, want: { own: ['nodeSelector disk=ssd'] } },
  { name: 'the group alone', spec: required([spot]), template: {}, want: { added: ['node affinity type=spot'] } },
  {
    name: 'the group beside its own', spec: required([ssd, spot]), template: required([ssd]),
    want: { own: ['node affinity disk=ssd'], added: ['node affinity type=spot'] },
  },
  {
    name: 'the group in each of its own terms', spec: required([ssd, spot], [{ key: 'gpu', operator: 'Exists' }, spot]),
    template: required([ssd], [{ key: 'gpu', operator: 'Exists' }]),
    want: { own: ['node affinity disk=ssd or gpu'], added: ['node affinity type=spot'] },
  },
  {
    name: 'what the template says itself is its own', spec: required([spot]), template: required([spot]),
    want: { own: ['node affinity type=spot'] },
  },
  {
    name: 'without a template, all but the group\'s is its own', spec: required([ssd, spot]),
    want: { own: ['node affinity disk=ssd'], added: ['node affinity type=spot'] },
  },
  {
    name: 'what neither template nor group says', spec: required([{ key: 'type', operator: 'In', values: ['old'] }]), template: {},
    want: { others: ['node affinity type=old'] },
  },
  {
    name: 'a preference of ours', spec: preferred(100, spot), template: {},
    want: { added: ['preferred node affinity type=spot (weight 100)'] },
  },
  {
    name: 'one of its own', spec: preferred(5, spot), template: preferred(5, spot),
    want: { own: ['preferred node affinity type=spot (weight 5)'] },
  },
  { name: 'our spreading', spec: spread(ours), template: {}, want: { added: [`spread over ${key} (maxSkew 1, ScheduleAnyway)`] } },
  {
    name: 'its own spreading', spec: spread({ app: 'web' }), template: spread({ app: 'web' }),
    want: { own: [`spread over ${key} (maxSkew 1, ScheduleAnyway)`] },
  },
  { name: 'a toleration of the group', spec: { tolerations: [toleration, usual] }, template: {}, want: { added: ['toleration spot'] } },
  {
    name: 'tolerations of its own and of another webhook', template: { tolerations: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] },
    spec: { tolerations: [{ key: 'a', value: 'b', effect: 'NoSchedule' }, { operator: 'Exists' }] },
    want: { own: ['toleration a=b:NoSchedule'], others: ['toleration every taint'] },
  },
  { name: 'anti-affinity', spec: antiAffinity, template: antiAffinity, want: { own: [`pod anti-affinity over ${key}`] } },
]

const cost = 'deletion cost 999999998'

void t.test('what decides where a pod may run is told by who said it', async t => {
  const distribution = [
    { nodeLabel: { type: 'default' }, weight: 80 }, { nodeLabel: { type: 'spot' }, weight: 20, tolerations: [toleration] },
  ]
  for (const { name, spec = {}, template, want } of cases) {
    const around = { distributors: [distributor({ distribution })], ...template === undefined ? {} : { template: { spec: template } } }
    const { constraints } = explained(placedPod('type-spot', 2, 'a', { spec: { ...spec } }), around)
    t.strictSame(constraints, { own: [], others: [], ...want, added: [...want.added ?? [], cost] }, name)
  }
})

void t.test('a deletion cost of the pod\'s own is told as that', async t => {
  const pod = placedPod('type-spot', 2, 'a', { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '7' } })
  t.strictSame(explained(pod).constraints, { own: ['deletion cost 7'], added: [], others: [] })
})

void t.test('groups that its own nodeSelector rules out are named', async t => {
  const template = { metadata: {}, spec: { nodeSelector: { type: 'spot' } } }
  t.strictSame(explained(placedPod('type-spot', 2), { template }).ruledOut, ['type-default'])
})
