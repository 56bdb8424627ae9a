import t from 'tap'
import { pod } from '../known.ts'
import type { SpreadConstraint } from '../../../src/placement/distributor/distributor.ts'
import { spreadPatch } from '../../../src/placement/patch/spread-patch.ts'
import { readPod } from '../../../src/placement/pod.ts'

const path = '/spec/topologySpreadConstraints'
const labelSelector = { matchLabels: { 'versprei.io/distributor': 'web', 'versprei.io/group': 'a' } }
const soft = (topologyKey: string, ...matchLabelKeys: readonly string[]) => ({
  maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', nodeTaintsPolicy: 'Honor', labelSelector,
  ...(matchLabelKeys.length === 0 ? {} : { matchLabelKeys }),
})

function patchOf(object: unknown, spread?: readonly SpreadConstraint[], zones = false): unknown {
  const read = readPod(object)
  return 'wrong' in read ? read.wrong : spreadPatch(read.pod, { distributor: 'web', group: 'a' }, spread, zones)
}

const unlabelled = (spec = {}) => pod(spec, { labels: {} })
const host = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'

void t.test('by default over hosts, and over zones where every node has one', async t => {
  t.strictSame(patchOf(unlabelled()), [{ op: 'add', path, value: [soft(host)] }])
  t.strictSame(patchOf(unlabelled(), undefined, true), [{ op: 'add', path, value: [soft(host), soft(zone)] }])
})

void t.test('a constraint counts the pods of its revision alone, by the label its controller sets', async t => {
  for (const label of [
    'pod-template-hash', 'rollouts-pod-template-hash', 'controller-revision-hash', 'batch.kubernetes.io/controller-uid',
  ]) {
    t.strictSame(patchOf(pod({}, { labels: { app: 'web', [label]: 'x' } })), [{ op: 'add', path, value: [soft(host, label)] }], label)
  }
})

void t.test('what the pod has stays alone, and is never had twice', async t => {
  const own = (topologyKey: string, whenUnsatisfiable: string) => ({ maxSkew: 3, topologyKey, whenUnsatisfiable })
  const appended = [{ op: 'add', path: `${path}/-`, value: soft(host) }]
  const cases: readonly { name: string, constraints: unknown, want: unknown }[] = [
    { name: 'the same pair', constraints: [own(host, 'ScheduleAnyway')], want: [] },
    { name: 'the same key, strict', constraints: [own(host, 'DoNotSchedule')], want: appended },
    { name: 'another key', constraints: [own('rack', 'ScheduleAnyway')], want: appended },
    { name: 'an empty list', constraints: [], want: appended },
  ]
  for (const { name, constraints, want } of cases) t.strictSame(patchOf(unlabelled({ topologySpreadConstraints: constraints })), want, name)
})

void t.test('the distributor\'s own constraints take the place of the default', async t => {
  const strict: SpreadConstraint = { maxSkew: 2, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', minDomains: 3 }
  t.strictSame(
    patchOf(pod(), [strict], true), [{ op: 'add', path, value: [{ ...strict, labelSelector, matchLabelKeys: ['pod-template-hash'] }] }]
  )
  t.strictSame(patchOf(pod(), [{ ...strict, matchLabelKeys: [] }]), [
    { op: 'add', path, value: [{ ...strict, matchLabelKeys: [], labelSelector }] },
  ],
    'whoever names the keys is believed')
  t.strictSame(patchOf(pod(), []), [], 'none')
})
