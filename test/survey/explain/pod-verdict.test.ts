import t from 'tap'
import { skipReasons } from '../../../src/placement/scope.ts'
import { troubles } from '../../../src/survey/explain/pod-verdict.ts'
import { strayCauses } from '../../../src/survey/explain/stray-cause.ts'
import type { Json } from '../../placement/known.ts'
import { distributor, explained, later, made, marks, placedPod, podOf, type Around } from './facts.ts'

interface Case {
  readonly name: string
  readonly pod: unknown
  readonly around?: Around
  readonly want: Json
}

const audit = distributor({ enforcement: 'Audit' })
const template = (metadata: Json, spec: Json = {}) => ({ metadata, spec: { containers: [], ...spec } })
const owned = (apiVersion: string, kind: string, name: string) => ({ apiVersion, kind, name, uid: 'u', controller: true })
const set = distributor({ target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } })
const pinned = { managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:spec': { 'f:nodeName': {} } } }] }

const leftAlone: readonly Case[] = [
  { name: 'in kube-system', pod: podOf({ metadata: { namespace: 'kube-system' } }), want: { reason: 'kube-system' } },
  { name: 'in the namespace of Versprei', pod: podOf(), around: { ownNamespace: 'shop' }, want: { reason: 'own-namespace' } },
  { name: 'a static pod', pod: podOf({ annotations: { 'kubernetes.io/config.mirror': 'x' } }), want: { reason: 'mirror-pod' } },
  { name: 'sent with its node', pod: podOf({ metadata: pinned }), want: { reason: 'node-name-set' } },
  {
    name: 'whose template names a node', pod: podOf(), around: { template: template({}, { nodeName: 'd1' }) },
    want: { reason: 'node-name-set' },
  },
  { name: 'opted out', pod: podOf({ labels: { 'versprei.io/ignore': 'true' } }), want: { reason: 'opted-out' } },
  {
    name: 'that was placed, and has opted out since: it holds its seat no more',
    pod: placedPod('type-spot', 2, 'a', { labels: { 'versprei.io/ignore': 'true' } }), want: { reason: 'opted-out' },
  },
  { name: 'a bare pod that the scheduler has bound', pod: podOf({ owner: null }), want: { reason: 'no-controller' } },
  { name: 'of a DaemonSet', pod: podOf({ owner: owned('apps/v1', 'DaemonSet', 'log') }), want: { reason: 'daemonset' } },
  { name: 'that no distributor targets', pod: podOf(), around: { distributors: [] }, want: { reason: 'no-distributor' } },
  {
    name: 'that names a group itself', pod: podOf({ labels: { 'versprei.io/group': 'type-spot' } }),
    want: { reason: 'already-labelled', distributor: 'web', warning: /sets the label versprei.io\/group/ },
  },
  {
    name: 'whose template was copied from a placed pod', pod: podOf(marks('type-spot', 2)),
    around: { template: template(marks('type-spot', 2)) }, want: { reason: 'already-labelled' },
  },
  {
    name: 'that was adopted, it says, by the uid of another', want: { reason: 'already-labelled' },
    pod: podOf({ labels: marks('type-spot', 2).labels, annotations: { 'versprei.io/admission': 'adopted-other-1' } }),
  },
  {
    name: 'whose distributor has mistakes', pod: podOf(), around: { distributors: [distributor({ distribution: [] })] },
    want: { reason: 'distributor-invalid', warning: /PodDistributor web is invalid/ },
  },
  {
    name: 'of an ordinal beyond the last seat', want: { reason: 'seat-out-of-range' }, around: { distributors: [set] },
    pod: podOf({ owner: owned('apps/v1', 'StatefulSet', 'db'), labels: { 'apps.kubernetes.io/pod-index': '1048576' } }),
  },
  {
    name: 'whose annotations are full', pod: podOf({ annotations: { own: 'x'.repeat(262_130) } }),
    want: { reason: 'annotations-too-large' },
  },
]

void t.test('a pod that is left alone is told why, by the reason of admission', async t => {
  for (const { name, pod, around, want } of leftAlone) {
    const { verdict, words } = explained(pod, around)
    t.match(verdict, { kind: 'left-alone', ...want }, name)
    t.ok((words?.means ?? '').length > 0 && (words?.advice ?? '').length > 0, `${name}: in words`)
  }
  // The others are no reasons of a pod that is stored, or nobody can tell afterwards.
  const never = ['not-create', 'subresource', 'not-a-pod', 'no-object', 'not-synced', 'malformed', 'internal-error']
  const told = new Set(leftAlone.map(({ want }) => want['reason']))
  t.strictSame(skipReasons.filter(one => !told.has(one)), never)
})

/** Its spec written at that time, its status a day later. */
const edited = (time: string, generation = 3) => distributor({}, { generation, managedFields: [
  { manager: 'kubectl', time: made, fieldsV1: { 'f:spec': {} } }, { manager: 'argocd', time, fieldsV1: { 'f:spec': {} } },
  { manager: 'versprei', time: '2026-01-02T00:00:00Z', fieldsV1: { 'f:status': {} } },
] })

const strays: readonly Case[] = [
  {
    name: 'older than the distributor', pod: podOf({ metadata: { creationTimestamp: '2025-12-31T00:00:00Z' } }),
    want: { strayCause: 'younger-distributor', verdict: { isOlder: true, fate: { kind: 'adopted', group: 'type-default' } } },
  },
  { name: 'nothing is registered', pod: podOf(), around: { registration: 'absent' }, want: { strayCause: 'not-registered' } },
  {
    name: 'its namespace is not sent', pod: podOf(), around: { registration: 'not-selected' },
    want: { strayCause: 'namespace-not-selected' },
  },
  {
    name: 'Versprei was away', pod: podOf({ spec: { nodeName: 's1' } }),
    want: { strayCause: 'not-called', verdict: { isOlder: false, fate: { kind: 'adopted', group: 'type-spot' } } },
  },
  {
    name: 'where nobody may look at the registration', pod: podOf(), around: { registration: 'unknown' },
    want: { strayCause: 'not-called', verdict: { wouldBe: { group: 'type-default', seat: 0 } } },
  },
  {
    name: 'its distributor was written later', pod: podOf(), want: { strayCause: 'edited-since', verdict: { isEdited: true } },
    around: { distributors: [edited('2026-01-01T00:02:00Z')] },
  },
  {
    name: 'its distributor was written in the same second', pod: podOf(), want: { strayCause: 'edited-since' },
    around: { distributors: [edited(later)] },
  },
  {
    name: 'its distributor was written earlier', pod: podOf(), want: { strayCause: 'not-called', verdict: { isEdited: false } },
    around: { distributors: [edited('2026-01-01T00:00:30Z')] },
  },
  {
    name: 'its distributor was written, and nobody says when', pod: podOf(), want: { strayCause: 'edited-since' },
    around: { distributors: [distributor({}, { generation: 2 })] },
  },
  {
    name: 'its distributor is as it was made', pod: podOf(), want: { strayCause: 'not-called' },
    around: { distributors: [edited('2026-01-01T00:02:00Z', 1)] },
  },
  { name: 'without a node', pod: podOf({ spec: { nodeName: '' } }), want: { verdict: { fate: { kind: 'waits' } } } },
  { name: 'on a node of no group', pod: podOf({ spec: { nodeName: 'other' } }), want: { verdict: { fate: { kind: 'stays' } } } },
  { name: 'on a node that is not known', pod: podOf({ spec: { nodeName: 'gone' } }), want: { verdict: { fate: { kind: 'unknown' } } } },
]

void t.test('a stray is told why no admission placed it, and what becomes of it', async t => {
  for (const { name, pod, around, want } of strays) {
    const told = explained(pod, around)
    t.equal(told.verdict.kind, 'stray', name)
    t.match(told, want, name)
  }
  const causes = new Set(strays.map(({ want }) => want['strayCause']))
  t.strictSame(strayCauses.filter(cause => !causes.has(cause)), [])
})

void t.test('a stray that would be placed now is told the seat that is free', async t => {
  const siblings = [placedPod('type-default', 0, 'web-5d4f-b'), placedPod('type-default', 1, 'web-5d4f-c')]
  t.match(explained(podOf(), { siblings }).verdict, { kind: 'stray', wouldBe: { group: 'type-spot', seat: 2 } })
})

const audits: readonly Case[] = [
  { name: 'in a group', pod: podOf(), want: { standing: 'type-default', wouldBe: { group: 'type-default', seat: 0 } } },
  { name: 'in none', pod: podOf({ spec: { nodeName: 'other' } }), want: { standing: undefined, isNodeKnown: true } },
  { name: 'nobody knows where', pod: podOf({ spec: { nodeName: 'gone' } }), want: { standing: undefined, isNodeKnown: false } },
]

void t.test('a pod of a distributor that is only tried is told where it stands, and where it would', async t => {
  for (const { name, pod, want } of audits) {
    const { verdict } = explained(pod, { distributors: [audit] })
    t.match(verdict, { kind: 'audited', distributor: 'web', ...want }, name)
    t.equal(verdict.kind === 'audited' && verdict.standing, want['standing'], name)
  }
})

void t.test('a placed pod is told its group and its seat, and when it was adopted', async t => {
  t.strictSame(explained(placedPod('type-spot', 2)).verdict, {
    kind: 'placed', distributor: 'web', group: 'type-spot', seat: 2, adopted: undefined, isInGroup: true, troubles: [], now: undefined,
  })
  const adopted = Date.parse(later) + 1000
  const pod = placedPod('type-spot', 2, 'x', { annotations: { 'versprei.io/admission': `adopted-uid-x-${adopted}` } })
  t.match(explained(pod).verdict, { kind: 'placed', adopted })
})

void t.test('of two pods that were given one seat the younger holds the next one of its group', async t => {
  const twin = placedPod('type-default', 0, 'web-5d4f-z')
  t.equal(explained(twin, { siblings: [placedPod('type-default', 0)] }).seat, 1)
  t.equal(explained(placedPod('type-default', 0), { siblings: [twin] }).seat, 0)
})

const older = { name: 'older', creationTimestamp: '2025-01-01T00:00:00Z' }
const troubled: readonly Case[] = [
  { name: 'it is gone', pod: placedPod('type-spot', 2), around: { distributors: [] }, want: { troubles: ['distributor-gone'] } },
  {
    name: 'it has mistakes', pod: placedPod('type-spot', 2), around: { distributors: [distributor({ distribution: [] })] },
    want: { troubles: ['distributor-invalid'] },
  },
  {
    name: 'another is older', pod: placedPod('type-spot', 2), around: { distributors: [distributor(), distributor({}, older)] },
    want: { troubles: ['another-decides'], now: { distributor: 'older' } },
  },
  {
    name: 'it targets another workload now', pod: placedPod('type-spot', 2), want: { troubles: ['out-of-scope'], now: { reason: 'no-distributor' } },
    around: { distributors: [distributor({ target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' } })] },
  },
  { name: 'it is only tried now', pod: placedPod('type-spot', 2), around: { distributors: [audit] }, want: { troubles: ['audited-now'] } },
  {
    name: 'its group is gone', pod: placedPod('gone', 2), want: { troubles: ['group-gone'], group: 'gone' },
  },
  { name: 'its seat is of another group', pod: placedPod('type-spot', 1), want: { troubles: ['seat-of-another-group'] } },
  { name: 'it runs elsewhere', pod: placedPod('type-spot', 2, 'a', { spec: { nodeName: 'd1' } }), want: { troubles: ['outside'] } },
  { name: 'its node is gone', pod: placedPod('type-spot', 2, 'a', { spec: { nodeName: 'gone' } }), want: { troubles: [] } },
]

void t.test('what has changed since a pod was placed is told', async t => {
  for (const { name, pod, around, want } of troubled) {
    const { verdict } = explained(pod, around)
    t.match(verdict, { kind: 'placed', distributor: 'web', ...want }, name)
    t.strictSame(verdict.kind === 'placed' ? verdict.troubles : undefined, want['troubles'], name)
  }
  const told = new Set(troubled.flatMap(({ want }) => want['troubles']))
  t.strictSame(troubles.filter(one => !told.has(one)), [])
})

const blind: readonly (Case & { readonly around: Around })[] = [
  {
    name: 'distributors, of a placed pod', pod: placedPod('type-spot', 2), around: { unread: ['distributors'] },
    want: { verdict: { kind: 'placed', group: 'type-spot', troubles: [], isInGroup: undefined, now: undefined } },
  },
  { name: 'distributors, of one that none placed', pod: podOf(), around: { unread: ['distributors'] }, want: { verdict: { kind: 'unknown' } } },
  {
    name: 'distributors, of a bare pod', pod: podOf({ owner: null }), around: { unread: ['distributors'] },
    want: { verdict: { kind: 'left-alone', reason: 'no-controller' } },
  },
  {
    name: 'nodes, of a pod on a node of another group', pod: placedPod('type-spot', 2, 'a', { spec: { nodeName: 'd1' } }),
    around: { unread: ['nodes'] }, want: { verdict: { kind: 'placed', troubles: [], isInGroup: undefined }, seat: 2 },
  },
  {
    name: 'pods, of a placed one', pod: placedPod('type-spot', 2), around: { unread: ['pods'] },
    want: { verdict: { kind: 'placed', seat: 2, isInGroup: true }, seat: undefined, revision: undefined },
  },
  {
    name: 'pods, of a stray', pod: podOf(), around: { unread: ['pods'] },
    want: { verdict: { kind: 'stray', wouldBe: undefined }, revision: undefined },
  },
]

void t.test('nothing is claimed that rests on what may not be read', async t => {
  for (const { name, pod, around, want } of blind) {
    const told = explained(pod, around)
    t.match(told, want, name)
    if (told.verdict.kind === 'placed') t.strictSame(told.verdict.troubles, [], name)
    t.strictSame(told.unread, around.unread?.filter(one => one !== 'nodes'), name)
  }
})

void t.test('a pod that leaves or has ended is told what it was', async t => {
  const leaving = placedPod('type-spot', 2, 'a', { metadata: { deletionTimestamp: later } })
  t.match(explained(leaving), { isLeaving: true, verdict: { kind: 'placed', group: 'type-spot' }, revision: { pods: 0 } })
  const ended = placedPod('type-spot', 2, 'a', { status: { phase: 'Succeeded' } })
  t.match(explained(ended), { phase: 'Succeeded', verdict: { kind: 'placed', seat: 2 }, revision: { pods: 0 } })
})
