import t from 'tap'
import { readReadiness } from '../../src/controllers/readiness.ts'

const pod = (conditions: unknown, metadata: object = {}) => ({
  metadata: {
    uid: 'u', namespace: 'shop', labels: { 'versprei.io/distributor': 'web', 'versprei.io/group': 'spot' }, annotations: { 'versprei.io/seat': '0' },
    ownerReferences: [{ uid: 'rs', controller: true }], ...metadata,
  },
  status: { conditions },
})

void t.test('whether a pod is Ready, of pods that hold a seat', async t => {
  const cases = [
    { name: 'Ready', object: pod([{ type: 'Initialized', status: 'False' }, { type: 'Ready', status: 'True' }]), want: { uid: 'u', ready: true } },
    { name: 'not Ready', object: pod([{ type: 'Ready', status: 'False' }]), want: { uid: 'u', ready: false } },
    { name: 'unknown', object: pod([{ type: 'Ready', status: 'Unknown' }, null]), want: { uid: 'u', ready: false } },
    { name: 'no conditions', object: pod(undefined), want: { uid: 'u', ready: false } },
    { name: 'on its way out', object: pod([{ type: 'Ready', status: 'True' }], { deletionTimestamp: '2026-01-01T00:00:00Z' }), want: undefined },
    { name: 'without a seat', object: pod([{ type: 'Ready', status: 'True' }], { annotations: {} }), want: undefined },
    { name: 'no pod', object: null, want: undefined },
  ]
  for (const { name, object, want } of cases) t.strictSame(readReadiness(object), want, name)
})
