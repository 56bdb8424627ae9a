import fc from 'fast-check'
import t from 'tap'
import { readPlacedPod } from '../../../src/placement/seats/placed-pod.ts'

const metadata = {
  uid: 'u', namespace: 'shop', labels: {
    'versprei.io/distributor': 'web', 'versprei.io/group': 'a',
  }, creationTimestamp: '2026-01-01T00:00:01Z',
  annotations: { 'versprei.io/seat': '7', 'versprei.io/admission': 'r' },
  ownerReferences: [{ uid: 'no' }, { uid: 'rs', controller: true }],
}
const daemonSet = { kind: 'DaemonSet', name: 'log', uid: 'rs', controller: true }
const want = {
  uid: 'u', namespace: 'shop', owner: 'rs', distributor: 'web', group: 'a', seat: 7, admission: 'r', created: Date.UTC(2026, 0, 1, 0, 0, 1),
}

void t.test('a placed pod is read from its metadata', async t => {
  t.strictSame(readPlacedPod({ metadata }), want)
  t.strictSame(readPlacedPod({ metadata, status: { phase: 'Pending' } }), want)
  const adopted = { ...metadata.annotations, 'versprei.io/admission': 'adopted-u-1' }
  t.strictSame(readPlacedPod({ metadata: { ...metadata, annotations: adopted } }), { ...want, admission: 'adopted-u-1' })
  const ofAnotherGroup = { ...metadata, ownerReferences: [{ ...daemonSet, apiVersion: 'apps.kruise.io/v1alpha1' }] }
  t.strictSame(readPlacedPod({ metadata: ofAnotherGroup }), want)
  t.strictSame(readPlacedPod({ metadata: { ...metadata, labels: { ...metadata.labels, 'versprei.io/ignore': 'false' } } }), want)
})

void t.test('what it does not say is not guessed', async t => {
  const admitted = { ...metadata, annotations: { 'versprei.io/admission': 'r' } }
  t.strictSame(readPlacedPod({ metadata: admitted }), { ...want, seat: undefined })
  for (const seat of ['', '-1', '1.5', 'x', '12345678', 3]) {
    t.equal(
      readPlacedPod({ metadata: { ...metadata, annotations: { 'versprei.io/seat': seat } } })?.seat, undefined,
      `seat ${JSON.stringify(seat)}`
    )
  }
})

void t.test('a pod that holds no seat is none', async t => {
  const cases: readonly { name: string, object: unknown }[] = [
    { name: 'on its way out', object: { metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:02Z' } } },
    { name: 'done', object: { metadata, status: { phase: 'Succeeded' } } },
    { name: 'failed', object: { metadata, status: { phase: 'Failed' } } },
    { name: 'not placed', object: { metadata: { ...metadata, labels: {} } } },
    { name: 'labelled by its template', object: { metadata: { ...metadata, annotations: null } } },
    { name: 'adopted, but it was another', object: { metadata: { ...metadata, annotations: { 'versprei.io/seat': '7', 'versprei.io/admission': 'adopted-v-1' } } } },
    { name: 'without a group', object: { metadata: { ...metadata, labels: { 'versprei.io/distributor': 'web' } } } },
    { name: 'without a controller', object: { metadata: { ...metadata, ownerReferences: [{ uid: 'rs' }] } } },
    { name: 'without a uid', object: { metadata: { ...metadata, uid: undefined } } },
    { name: 'opted out', object: { metadata: { ...metadata, labels: { ...metadata.labels, 'versprei.io/ignore': 'true' } } } },
    { name: 'a mirror', object: { metadata: { ...metadata, annotations: { ...metadata.annotations, 'kubernetes.io/config.mirror': '' } } } },
    { name: 'a DaemonSet\'s', object: { metadata: { ...metadata, ownerReferences: [{ ...daemonSet, apiVersion: 'apps/v1' }] } } },
    { name: 'no object', object: null },
  ]
  for (const { name, object } of cases) t.equal(readPlacedPod(object), undefined, name)
})

void t.test('nothing makes it throw', async t => {
  fc.assert(fc.property(fc.constantFrom(...Object.keys(metadata)), fc.jsonValue(), (key, value) => {
    readPlacedPod({ metadata: { ...metadata, [key]: value } })
    readPlacedPod(value)
  }), { numRuns: 500 })
  t.pass('500 objects')
})
