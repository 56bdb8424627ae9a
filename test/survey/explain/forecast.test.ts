import t from 'tap'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import type { Plan } from '../../../src/placement/distributor/plan.ts'
import { forecast, type ForecastFacts } from '../../../src/survey/explain/forecast.ts'
import type { Json } from '../../placement/known.ts'
import { distributor, placedPod, podOf, seenPod } from './facts.ts'

function planOf(spec: Json = {}): Plan {
  const { outcome } = listDistributor(distributor(spec))
  if (!('plan' in outcome)) throw new Error('it is invalid')
  return outcome.plan
}

const owner = 'uid-of-web-5d4f'
// Seats 2, 7, 12 … are of spot.
const groupOf = (seat: number): string => (seat % 5 === 2 ? 'type-spot' : 'type-default')
const pods = (...seats: readonly number[]) => seats.map(seat => placedPod(groupOf(seat), seat, `p${seat}`))
const unready = { conditions: [{ type: 'Ready', status: 'False' }] }

const foresee = (objects: readonly unknown[], replicas: number, more: Partial<ForecastFacts> = {}) => {
  const seen = objects.map(seenPod)
  return forecast({ plan: planOf(), owner, pods: seen, related: seen, closed: [], replicas, firstOrdinal: undefined, now: 0, ...more })
}
const counts = ({ groups }: ReturnType<typeof forecast>) => groups.map(({ now, after }) => [now, after])
const gone = ({ goes }: ReturnType<typeof forecast>) => goes.map(({ pod }) => pod)

void t.test('new pods take the seats that admission would give them', async t => {
  const told = foresee(pods(0, 1, 2), 10)
  t.strictSame({ counts: counts(told), comes: told.comes, goes: told.goes }, {
    counts: [[2, 8], [1, 2]], comes: [3, 4, 5, 6, 7, 8, 9], goes: [],
  })
})

void t.test('what lacks is filled first', async t => {
  const told = foresee(pods(0, 1, 3, 4, 5), 7)
  t.strictSame({ counts: counts(told), comes: told.comes }, { counts: [[5, 6], [0, 1]], comes: [2, 6] })
})

void t.test('of Ready pods the highest seats go, the last first', async t => {
  const told = foresee(pods(0, 1, 2, 3, 4, 5, 6, 7), 5)
  t.strictSame({ counts: counts(told), goes: told.goes }, {
    counts: [[6, 4], [2, 1]], goes: [
      { pod: 'p7', group: 'type-spot', seat: 7 }, { pod: 'p6', group: 'type-default', seat: 6 },
      { pod: 'p5', group: 'type-default', seat: 5 },
    ],
  })
})

void t.test('pods that are not Ready, or have no node, go before all others', async t => {
  const waiting = placedPod('type-default', 1, 'p1', { spec: { nodeName: '' }, status: { phase: 'Pending', ...unready } })
  const ill = placedPod('type-default', 0, 'p0', { status: unready })
  t.strictSame(gone(foresee([ill, waiting, ...pods(2, 3, 4)], 3)), ['p1', 'p0'])
})

void t.test('strays go before pods with a seat, and stay without one', async t => {
  const told = foresee([podOf({ name: 's1' }), podOf({ name: 's2' }), ...pods(0, 1, 2)], 4)
  t.equal(told.goes.length, 1)
  t.match(gone(told), [/^s\d$/])
  t.equal(told.seatless, 1)
  t.strictSame(counts(told), [[2, 2], [1, 1]])
})

void t.test('pods that leave or have ended take up no replica', async t => {
  const leaving = placedPod('type-default', 3, 'p3', { metadata: { deletionTimestamp: '2026-01-01T00:02:00Z' } })
  const told = foresee([...pods(0, 1, 2), leaving, placedPod('type-default', 4, 'p4', { status: { phase: 'Failed' } })], 4)
  t.strictSame({ pods: told.pods, comes: told.comes }, { pods: 3, comes: [3] })
})

void t.test('a group that is ruled out takes none', async t => {
  t.strictSame(counts(foresee([], 5, { closed: ['type-spot'] })), [[0, 5], [0, 0]])
})

void t.test('a base and a max are kept', async t => {
  const distribution = [{ nodeLabel: { type: 'default' }, weight: 1 }, { nodeLabel: { type: 'spot' }, weight: 9, base: 1, max: 3 }]
  t.strictSame(counts(foresee([], 10, { plan: planOf({ distribution }) })), [[0, 7], [0, 3]])
})

const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: owner, controller: true }
const ordinals = (...all: readonly number[]) => all.map(ordinal => placedPod(groupOf(ordinal), ordinal, `db-${ordinal}`, {
  owner: set, labels: { 'apps.kubernetes.io/pod-index': String(ordinal) },
}))

void t.test('of a StatefulSet the highest ordinals go, and the next ones come', async t => {
  t.strictSame(gone(foresee(ordinals(0, 1, 2, 3, 4), 3, { firstOrdinal: 0 })), ['db-4', 'db-3'])
  const grown = foresee(ordinals(0, 1), 5, { firstOrdinal: 0 })
  t.strictSame({ comes: grown.comes, counts: counts(grown) }, { comes: [2, 3, 4], counts: [[2, 4], [0, 1]] })
  t.strictSame(foresee(ordinals(0, 2), 3, { firstOrdinal: 0 }).comes, [1], 'one that is missing comes again')
  t.strictSame(foresee(ordinals(5, 6), 4, { firstOrdinal: 5 }).comes, [7, 8], 'from its first ordinal on')
})

void t.test('other revisions are to go first', async t => {
  const other = placedPod('type-default', 0, 'old', { owner: { ...set, kind: 'ReplicaSet', uid: 'another' } })
  t.ok(foresee(pods(0), 2, { related: [...pods(0), other].map(seenPod) }).endsRollout)
  t.notOk(foresee(pods(0), 2).endsRollout)
})
