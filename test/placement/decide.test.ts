import t from 'tap'
import { applyPatch } from './apply-patch.ts'
import { decideOn, deployment, grow, know, ownedBy, place, pod, regular, spot, written, type Json } from './known.ts'

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const onNodes = (type: string) => ({ key: 'type', operator: 'In', values: [type] })
const spread = (group: string, ...keys: readonly string[]) => ({
  maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', nodeTaintsPolicy: 'Honor',
  labelSelector: { matchLabels: {
    'versprei.io/distributor': 'web', 'versprei.io/group': group,
  } }, ...(keys.length === 0 ? {} : { matchLabelKeys: keys }),
})

void t.test('a Deployment\'s pod gets exactly this patch', async t => {
  t.strictSame(decideOn(know(), pod()), {
    kind: 'place', distributor: 'web', group: 'type-default', seat: 0,
    patch: [
      { op: 'add', path: '/metadata/labels/versprei.io~1distributor', value: 'web' },
      { op: 'add', path: '/metadata/labels/versprei.io~1group', value: 'type-default' },
      {
        op: 'add', path: '/metadata/annotations', value: {
          'versprei.io/seat': '0', 'versprei.io/admission': 'review-1', 'controller.kubernetes.io/pod-deletion-cost': '1000000000',
        },
      },
      {
        op: 'add', path: '/spec/affinity',
        value: { nodeAffinity: { [required]: { nodeSelectorTerms: [{ matchExpressions: [onNodes('default')] }] } } },
      },
      { op: 'add', path: '/spec/topologySpreadConstraints', value: [spread('type-default', 'pod-template-hash')] },
    ],
  })
})

void t.test('the patched pod has all that it had, and what the group asks', async t => {
  const knowledge = know(written({ distribution: [{ ...spot, tolerations: [{ key: 'spot', operator: 'Exists' }] }] }))
  knowledge.nodes.replace([{ name: 'a', labels: { type: 'spot', 'topology.kubernetes.io/zone': 'z' } }])
  const object = pod({
    nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'gpu', operator: 'Exists' }], topologySpreadConstraints: null,
    affinity: {
      podAffinity: {},
      nodeAffinity: { [required]: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }, {}] } },
    },
  }, { annotations: { note: 'x' } })
  t.strictSame(applyPatch(object, place(knowledge, object).patch), {
    metadata: {
      generateName: 'web-5d4f-', ownerReferences: ownedBy('apps/v1', 'ReplicaSet', 'web-5d4f'),
      labels: { app: 'web', 'pod-template-hash': '5d4f', 'versprei.io/distributor': 'web', 'versprei.io/group': 'type-spot' },
      annotations: {
        note: 'x', 'versprei.io/seat': '0', 'versprei.io/admission': 'review-1',
        'controller.kubernetes.io/pod-deletion-cost': '1000000000',
      },
    },
    spec: {
      containers: [{ name: 'main', image: 'web:1' }], nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'gpu', operator: 'Exists' }, { key: 'spot', operator: 'Exists' }],
      topologySpreadConstraints: [
        spread('type-spot', 'pod-template-hash'), {
          ...spread('type-spot', 'pod-template-hash'), topologyKey: 'topology.kubernetes.io/zone',
        },
      ],
      affinity: {
        podAffinity: {}, nodeAffinity: {
          [required]: {
            nodeSelectorTerms: [
              { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }], matchExpressions: [onNodes('spot')] }, {},
            ],
          },
        },
      },
    },
  })
})

void t.test('pods of every kind of workload find their seat', async t => {
  const target = (apiVersion: string, kind: string, name?: string) => written(
    { target: { apiVersion, kind, ...(name === undefined ? {} : { name }) } }
  )
  const ordinal = (index: string) => pod(
    {}, { labels: { 'apps.kubernetes.io/pod-index': index }, ownerReferences: ownedBy('apps/v1', 'StatefulSet', 'db') }
  )
  const job = (annotations: unknown, name = 'import') => pod(
    {}, { labels: {}, annotations, ownerReferences: ownedBy('batch/v1', 'Job', name) }
  )
  const plain = pod({}, { labels: null, ownerReferences: ownedBy('apps/v1', 'ReplicaSet', 'bare') })
  const cases = [
    {
      name: 'StatefulSet: the ordinal', distributor: target('apps/v1', 'StatefulSet', 'db'), object: ordinal('7'), seat: 7,
      group: 'type-spot',
    },
    {
      name: 'indexed Job: the index', distributor: target('batch/v1', 'Job', 'import'),
      object: job({ 'batch.kubernetes.io/job-completion-index': '2' }), seat: 2, group: 'type-spot',
    },
    { name: 'plain Job: the next', distributor: target('batch/v1', 'Job', 'import'), object: job({}), seat: 0, group: 'type-default' },
    {
      name: 'ReplicaSet without pod-template-hash', distributor: target('apps/v1', 'ReplicaSet', 'bare'), object: plain, seat: 0,
      group: 'type-default',
    },
    {
      name: 'any controller', distributor: target('example.com/v1', 'Fleet', 'f'),
      object: pod({}, { ownerReferences: ownedBy('example.com/v1', 'Fleet', 'f') }), seat: 0, group: 'type-default',
    },
  ]
  for (const { name, distributor, object, seat, group } of cases) {
    const decision = place(know(distributor), object)
    t.strictSame({ seat: decision.seat, group: decision.group }, { seat, group }, name)
    const costs = JSON.stringify(decision.patch).includes('pod-deletion-cost')
    t.equal(costs, name.startsWith('ReplicaSet'), `${name}: a deletion cost for a ReplicaSet's pods alone`)
  }
  const byIndex = target('apps/v1', 'StatefulSet', 'db')
  const knowledge = know(byIndex)
  place(knowledge, ordinal('3'))
  t.equal(knowledge.revisions.size().reservations, 0, 'an ordinal is no reservation')
  t.equal(decideOn(knowledge, ordinal('1048575')).kind, 'place', 'the last seat')
  t.match(decideOn(knowledge, ordinal('1048576')), { kind: 'skip', reason: 'seat-out-of-range', warning: /first 1048576 pods/ })
})

void t.test('a group that the pod rules out is passed over, and a pod without any keeps its seat\'s own', async t => {
  const cases = [
    { name: 'nodeSelector', spec: { nodeSelector: { type: 'spot' } }, want: 'type-spot' },
    {
      name: 'affinity',
      spec: { affinity: { nodeAffinity: {
        [required]: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'type', operator: 'NotIn', values: ['default'] }] }] },
      } } },
      want: 'type-spot',
    },
    { name: 'nothing is open', spec: { nodeSelector: { type: 'gpu' } }, want: 'type-default' },
    {
      name: 'one term that allows it is enough',
      spec: { affinity: { nodeAffinity: {
        [required]: { nodeSelectorTerms: [{ matchExpressions: [onNodes('spot')] }, { matchExpressions: [onNodes('default')] }] },
      } } },
      want: 'type-default',
    },
    { name: 'all terms empty', spec: { affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [{}] } } } }, want: 'type-default' },
  ]
  for (const { name, spec, want } of cases) t.equal(place(know(), pod(spec)).group, want, name)
  const limited = know(written({ distribution: [regular, { ...spot, max: 1 }] }))
  const onSpot = pod({ nodeSelector: { type: 'spot' } })
  t.strictSame(grow(limited, 3, onSpot).map(({ group }) => group), ['type-spot', 'type-default', 'type-default'],
    'where the open group is full and the others closed, max holds')
  const ordered = know(written({ target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } }))
  const member = pod(
    { nodeSelector: { type: 'spot' } },
    { labels: { 'apps.kubernetes.io/pod-index': '0' }, ownerReferences: ownedBy('apps/v1', 'StatefulSet', 'db') }
  )
  t.match(place(ordered, member), { group: 'type-spot', seat: 0 }, 'an ordinal stays the seat')
})

void t.test('the annotations may reach the API server\'s limit and not pass it', async t => {
  const ours = JSON.stringify(
    { 'versprei.io/seat': '0', 'versprei.io/admission': 'review-1', 'controller.kubernetes.io/pod-deletion-cost': '1000000000' }
  )
    .replaceAll(/[{}":,]/gu, '').length
  const room = 262_144 - ours - 'note'.length
  const withNote = (note: string) => decideOn(know(), pod({}, { annotations: { note } })).kind
  t.equal(withNote('a'.repeat(room)), 'place', 'exactly at it')
  t.match(
    decideOn(know(), pod({}, { annotations: { note: 'a'.repeat(room + 1) } })),
    { kind: 'skip', reason: 'annotations-too-large', warning: /no room/ }
  )
  const wide = '€'.repeat(Math.floor(room / 3))
  t.equal(withNote(wide + 'a'.repeat(room % 3)), 'place', 'bytes are counted, not characters')
  t.equal(withNote(wide + 'a'.repeat(room % 3 + 1)), 'skip')
  const knowledge = know()
  decideOn(knowledge, pod({}, { annotations: { note: 'a'.repeat(room + 1) } }))
  t.equal(knowledge.revisions.size().reservations, 0, 'a pod that is left alone has no seat')
})

void t.test('an invalid distributor leaves its pods alone, and says why', async t => {
  t.match(decideOn(know(written({ distribution: [] })), pod()),
    { kind: 'skip', reason: 'distributor-invalid', warning: /PodDistributor web is invalid: spec\.distribution is empty/ })
})

void t.test('a pod that has our labels is left alone only where a distributor would place it', async t => {
  const labelled = pod({}, { labels: { 'pod-template-hash': '5d4f', 'versprei.io/group': 'x' } })
  t.match(decideOn(know(), labelled), { reason: 'already-labelled', warning: /versprei\.io\/group/ })
  t.strictSame(decideOn(know(written({ target: { ...deployment, name: 'other' } })), labelled), { kind: 'skip', reason: 'no-distributor' })
})

void t.test('of a pod that brings a seat along and is not placed it is taken off, and nothing else', async t => {
  const labels = { 'versprei.io/distributor': 'web', 'versprei.io/group': 'x' }
  const [seat, admission] = [{ 'versprei.io/seat': '0' }, { 'versprei.io/admission': 'a' }]
  const ofWeb = { 'pod-template-hash': '5d4f' }
  const none = [{ op: 'add', path: '/metadata/annotations', value: {} }]
  const cases: readonly { name: string, spec?: Json, metadata: Json, reason: string, patch?: unknown }[] = [
    { name: 'of a target', metadata: { labels: { ...labels, ...ofWeb }, annotations: { ...seat, ...admission } }, reason: 'already-labelled', patch: none },
    {
      name: 'of no target, with a note', reason: 'no-distributor', patch: [{ op: 'add', path: '/metadata/annotations', value: { note: 'a', cost: '' } }],
      metadata: { labels, ownerReferences: ownedBy('example.com/v1', 'Ghost', 'x'), annotations: { note: 'a', ...admission, cost: null } },
    },
    { name: 'on a node', spec: { nodeName: 'a' }, metadata: { labels, annotations: seat }, reason: 'node-name-set', patch: none },
    { name: 'without a label', metadata: { labels: ofWeb, ownerReferences: [], annotations: seat }, reason: 'no-controller' },
    { name: 'without a group', metadata: { labels: { ...ofWeb, 'versprei.io/distributor': 'web' }, annotations: seat }, reason: 'already-labelled' },
    { name: 'without a seat', metadata: { labels: { ...labels, ...ofWeb }, annotations: { note: 'a' } }, reason: 'already-labelled' },
  ]
  for (const { name, spec = {}, metadata, reason, patch } of cases) {
    const decision = decideOn(know(), pod(spec, metadata))
    t.equal(decision.kind === 'skip' && decision.reason, reason, name)
    t.same(decision.patch, patch, name)
  }
})

void t.test('a deletion cost of the user\'s own is left alone, and reported', async t => {
  const own = { 'controller.kubernetes.io/pod-deletion-cost': '7' }
  const decision = place(know(), pod({}, { annotations: own }))
  t.equal(decision.warning, 'placed, but scaling in goes by the pod\'s own controller.kubernetes.io/pod-deletion-cost')
  t.strictSame(decision.patch.filter(({ path }) => path.includes('deletion-cost')), [])
  const unnamed = written({ target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } })
  const member = pod({}, { annotations: own, ownerReferences: ownedBy('apps/v1', 'StatefulSet', 'db') })
  t.equal(place(know(unnamed), member).warning, undefined, 'where nobody goes by it there is nothing to say')
})

void t.test('a pod that names a known node goes to that node\'s group, whatever its seat', async t => {
  const knowledge = know()
  knowledge.nodes.replace([{ name: 'spot-0', labels: { type: 'spot' } }])
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['spot-0'] }] }]
  const object = pod({ affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: terms } } } })
  t.equal(place(knowledge, object).group, 'type-spot')
})
