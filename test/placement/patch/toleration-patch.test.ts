import t from 'tap'
import { pod } from '../known.ts'
import type { Toleration } from '../../../src/placement/distributor/distributor.ts'
import { tolerationPatch } from '../../../src/placement/patch/toleration-patch.ts'
import { readPod } from '../../../src/placement/pod.ts'

const path = '/spec/tolerations'
const any: Toleration = { key: 'spot', operator: 'Exists' }
const equal: Toleration = { key: 'pool', value: 'a', effect: 'NoSchedule' }

function patchOf(tolerations: unknown, wanted: readonly Toleration[] = [any, equal]): unknown {
  const read = readPod(pod({ tolerations }))
  return 'wrong' in read ? read.wrong : tolerationPatch(read.pod, wanted)
}

void t.test('adds what the pod does not tolerate in these words yet', async t => {
  const cases: readonly { name: string, tolerations: unknown, want: unknown }[] = [
    { name: 'none', tolerations: undefined, want: [{ op: 'add', path, value: [any, equal] }] },
    { name: 'null', tolerations: null, want: [{ op: 'add', path, value: [any, equal] }] },
    {
      name: 'empty', tolerations: [],
      want: [{ op: 'add', path: `${path}/-`, value: any }, { op: 'add', path: `${path}/-`, value: equal }],
    },
    { name: 'one of them', tolerations: [any], want: [{ op: 'add', path: `${path}/-`, value: equal }] },
    { name: 'with its operator written out', tolerations: [any, { ...equal, operator: 'Equal' }], want: [] },
    { name: 'with an empty operator', tolerations: [any, { ...equal, operator: '' }], want: [] },
    { name: 'with nulls', tolerations: [{ ...any, value: null, effect: null, tolerationSeconds: null }, equal], want: [] },
    { name: 'another value', tolerations: [any, { ...equal, value: 'b' }], want: [{ op: 'add', path: `${path}/-`, value: equal }] },
    {
      name: 'for a time only', tolerations: [any, { ...equal, tolerationSeconds: 0 }],
      want: [{ op: 'add', path: `${path}/-`, value: equal }],
    },
  ]
  for (const { name, tolerations, want } of cases) t.strictSame(patchOf(tolerations), want, name)
})

void t.test('a group without tolerations adds none', async t => {
  t.strictSame(patchOf(undefined, []), [])
})
