import fc from 'fast-check'
import t from 'tap'
import type { Claim } from '../../../src/placement/seats/ideal.ts'
import { rerank, type RankedPod } from '../../../src/placement/seats/rerank.ts'
import { createRoster } from '../../../src/placement/seats/roster.ts'
import { createSequence, seatLimit } from '../../../src/placement/seats/sequence.ts'

/** 80/20: seats 0 and 1 are of group 0, 2 of group 1, 3 to 6 of group 0, 7 of group 1. */
const classic: readonly Claim[] = [{ weight: 80, base: 0 }, { weight: 20, base: 0 }]

const pod = (uid: string, group: number, seat: number | undefined, created = 0): RankedPod => ({ uid, group, seat, created })
const changes = (pods: readonly RankedPod[], claims = classic): Readonly<Record<string, number>> =>
  Object.fromEntries(rerank(createSequence(claims), claims.length, pods))

void t.test('each group\'s pods hold its first seats, in the order they had', async t => {
  const seats = [0, 1, 2].map(group => Array.from({ length: 9 }, (_, seat) => seat).filter(seat => createSequence(classic).groupOf(seat) === group))
  t.same(seats, [[0, 1, 3, 4, 5, 6, 8], [2, 7], []])
  const table: readonly { name: string, input: readonly RankedPod[], want: Readonly<Record<string, number>> }[] = [
    { name: 'none', input: [], want: {} },
    { name: 'a prefix stays', input: [pod('a', 0, 1), pod('b', 0, 0), pod('c', 1, 2)], want: {} },
    { name: 'a hole is closed by those above it', input: [pod('a', 0, 0), pod('b', 0, 3), pod('c', 0, 5)], want: { b: 1, c: 3 } },
    { name: 'the order is kept, not the age', input: [pod('old', 0, 8, 1), pod('young', 0, 6, 2)], want: { old: 1, young: 0 } },
    { name: 'the younger of two that clash comes last', input: [pod('b', 0, 0, 2), pod('a', 0, 0, 1), pod('c', 0, 1, 3)], want: { b: 3 } },
    { name: 'a tie goes by uid', input: [pod('b', 0, 0), pod('a', 0, 0)], want: { b: 1 } },
    {
      name: 'a seat of another group, none, or one too far is none',
      input: [pod('a', 0, 2, 1), pod('b', 0, undefined, 2), pod('c', 0, 9_999_999, 3), pod('d', 0, 8, 4)], want: { d: 0, a: 1, b: 3, c: 4 },
    },
  ]
  for (const { name, input, want } of table) t.strictSame(changes(input), want, name)
})

void t.test('pods beyond a group\'s max share the last seat of all, and stay there', async t => {
  const claims: readonly Claim[] = [{ weight: 1, base: 0 }, { weight: 1, base: 0, max: 1 }]
  const want = { a: 0, b: seatLimit - 1 }
  const first = changes([pod('a', 1, 4, 1), pod('b', 1, 5, 2)], claims)
  t.equal(first['b'], want.b)
  t.strictSame(changes([pod('a', 1, first['a'], 1), pod('b', 1, want.b, 2)], claims), {})
})

const claim = fc.record({ weight: fc.integer({ min: 1, max: 40 }), base: fc.nat(3) })
const claims: fc.Arbitrary<readonly Claim[]> = fc.array(claim, { minLength: 1, maxLength: 6 })
const pods = fc.uniqueArray(fc.record({
  uid: fc.nat(99).map(String), group: fc.nat(5), seat: fc.option(fc.nat(90), { nil: undefined }), created: fc.nat(5),
}), { maxLength: 40, selector: ({ uid }) => uid })

void t.test('whatever the pods: no gap is left, nothing is changed that need not be, and a second time nothing at all', async t => {
  fc.assert(fc.property(claims, pods, (groups, all) => {
    const sequence = createSequence(groups)
    const before = all.map(one => ({ ...one, group: one.group % groups.length }))
    const seats = rerank(sequence, groups.length, before)
    const after = before.map(one => ({ ...one, seat: seats.get(one.uid) ?? one.seat }))
    const roster = createRoster(sequence, groups)
    for (const one of after) roster.add(one)
    return roster.isGapless() && before.every(({ uid, seat }) => seats.get(uid) === undefined || seats.get(uid) !== seat)
      && rerank(sequence, groups.length, after).size === 0 && keepsOrder(before, after, sequence.groupOf)
  }), { numRuns: 1000 })
  t.pass('1,000 revisions')
})

/** Two pods of one group that each held a valid seat, alone, are in the same order afterwards. */
function keepsOrder(before: readonly RankedPod[], after: readonly RankedPod[], groupOf: (seat: number) => number): boolean {
  const later = new Map(after.map(({ uid, seat }) => [uid, seat ?? -1]))
  const valid = before.filter(({ seat, group, uid }) => seat !== undefined && groupOf(seat) === group
    && !before.some(other => other.uid !== uid && other.group === group && other.seat === seat))
  return valid.every(a => valid.every(b => a.group !== b.group || (a.seat ?? 0) >= (b.seat ?? 0) || (later.get(a.uid) ?? 0) < (later.get(b.uid) ?? 0)))
}
