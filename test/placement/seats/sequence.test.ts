import t from 'tap'
import fc from 'fast-check'
import { deviationBound, ideal, type Claim } from '../../../src/placement/seats/ideal.ts'
import { createSequence, seatLimit } from '../../../src/placement/seats/sequence.ts'
import { createStarts } from '../../../src/placement/seats/starts.ts'

const byWeight = (...weights: number[]): Claim[] => weights.map(weight => ({ weight, base: 0 }))
const first = (claims: readonly Claim[], seats: number, phase = 0): string => {
  const sequence = createSequence(claims, phase)
  return Array.from({ length: seats }, (_, seat) => sequence.groupOf(seat)).join('')
}

void t.test('the first seats of well-known splits', async t => {
  const cases: readonly { name: string, claims: Claim[], want: string }[] = [
    { name: '80/20', claims: byWeight(80, 20), want: '0010000100' },
    { name: '50/50', claims: byWeight(1, 1), want: '0101010101' },
    { name: 'one group', claims: byWeight(7), want: '0000000000' },
    { name: 'a group without weight gets nothing', claims: byWeight(1, 0), want: '0000000000' },
    { name: 'base comes first, in the listed order', claims: [{ weight: 1, base: 2 }, { weight: 1, base: 1 }], want: '0010101010' },
    { name: 'base of a group without weight', claims: [{ weight: 0, base: 2 }, { weight: 1, base: 0 }], want: '0011111111' },
    { name: 'max stops a group, the rest go on', claims: [{ weight: 1, base: 0, max: 2 }, { weight: 1, base: 0 }], want: '0101111111' },
    { name: 'max that equals base', claims: [{ weight: 5, base: 1, max: 1 }, { weight: 1, base: 0 }], want: '0111111111' },
  ]
  for (const { name, claims, want } of cases) t.equal(first(claims, want.length), want, name)
})

void t.test('a phase enters the same race later', async t => {
  t.equal(first(byWeight(80, 20), 40, 7), first(byWeight(80, 20), 47).slice(7))
})

void t.test('until its phase a race is run as though no group had a max, and rooms count from there', async t => {
  const claims = [{ weight: 3, base: 1, max: 4 }, { weight: 2, base: 0, max: 3 }, { weight: 1, base: 0 }]
  t.equal(first(claims, 24, 1234), '010010212222222222222222')
})

void t.test('who has many phases walks to each of them once', async t => {
  const claims = [{ weight: 700, base: 1, max: 40 }, { weight: 300, base: 0 }, { weight: 0, base: 2 }, { weight: 9, base: 3, max: 3 }]
  const starts = createStarts(claims)
  for (const phase of [4095, 7, 0, 64, 65, 1023, 4095]) {
    const sequence = createSequence(claims, phase, starts)
    t.equal(Array.from({ length: 200 }, (_, seat) => sequence.groupOf(seat)).join(''), first(claims, 200, phase), String(phase))
  }
})

void t.test('the phase leaves the base first', async t => {
  t.equal(first([{ weight: 1, base: 0 }, { weight: 1, base: 3 }], 3, 1), '111')
})

void t.test('rank and seat are each other\'s inverse', async t => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }), fc.nat(500), (weights, seat) => {
    const sequence = createSequence(byWeight(...weights))
    return sequence.seatOf(sequence.groupOf(seat), sequence.rankOf(seat), [seat]) === seat
  }))
  t.pass('100 vectors')
})

void t.test('a group has no seat beyond its max, and none at all without weight and base', async t => {
  const sequence = createSequence([{ weight: 1, base: 0, max: 2 }, { weight: 1, base: 0 }, { weight: 0, base: 0 }])
  t.equal(sequence.seatOf(0, 1, []), 2)
  t.equal(sequence.seatOf(0, 2, []), seatLimit - 1, 'the last of all for those that the group has no room for')
  t.equal(sequence.seatOf(2, 0, []), seatLimit - 1)
})

void t.test('the next group is the one whose next seat comes first', async t => {
  const sequence = createSequence(byWeight(80, 20))
  t.equal(sequence.nextGroup([0, 0], () => true), 0)
  t.equal(sequence.nextGroup([2, 0], () => true), 1)
  t.equal(sequence.nextGroup([8, 1], () => true), 1, 'the group that lacks one')
  t.equal(sequence.nextGroup([0, 0], group => group === 1), 1, 'the seats of a closed group are passed over')
  t.equal(sequence.nextGroup([0, 0], () => false), undefined)
  t.equal(createSequence([{ weight: 1, base: 0, max: 1 }, { weight: 1, base: 0 }]).nextGroup([1, 0], group => group === 0), undefined,
    'the only open group is full')
})

void t.test('a rare group is found without walking the sequence to its seat when another comes first', async t => {
  const sequence = createSequence(byWeight(1_000_000, 1))
  t.equal(sequence.nextGroup([0, 0], () => true), 0)
  t.equal(sequence.nextGroup([0, 0], group => group === 1), 1, 'and found when it is the only open one')
})

void t.test('a seat beyond the limit is refused by name', async t => {
  t.throws(() => createSequence(byWeight(1)).groupOf(seatLimit), { message: /seat 1048576 is beyond the last one, 1048575/ })
})

void t.test('the ideal divides as the owner declared', async t => {
  const cases: readonly { name: string, claims: Claim[], pods: number, want: number[] }[] = [
    { name: 'by weight', claims: byWeight(80, 20), pods: 5, want: [4, 1] },
    { name: 'fractions stay', claims: byWeight(3, 1), pods: 2, want: [1.5, 0.5] },
    { name: 'base first', claims: [{ weight: 1, base: 4 }, { weight: 1, base: 0 }], pods: 6, want: [5, 1] },
    { name: 'not even all of the base', claims: [{ weight: 1, base: 4 }, { weight: 1, base: 4 }], pods: 6, want: [4, 2] },
    { name: 'max goes to the rest by weight', claims: [{ weight: 2, base: 0, max: 3 }, { weight: 1, base: 0 }, { weight: 3, base: 0 }], pods: 15, want: [3, 3, 9] },
    { name: 'no pods', claims: byWeight(1, 1), pods: 0, want: [0, 0] },
  ]
  for (const { name, claims, pods, want } of cases) t.strictSame(ideal(claims, pods), want, name)
})

void t.test('the bound is that of the groups that can take pods beyond their base', async t => {
  t.equal(deviationBound(byWeight(1)), 0)
  t.equal(deviationBound(byWeight(80, 20)), 0.5)
  t.equal(deviationBound(byWeight(1, 1, 1, 1, 1, 1)), 0.9)
  t.equal(deviationBound([...byWeight(1, 1, 0), { weight: 1, base: 2, max: 2 }]), 0.5)
})
