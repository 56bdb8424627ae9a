import t from 'tap'
import fc from 'fast-check'
import { roomBeyondBase, type Claim } from '../../../src/placement/seats/ideal.ts'
import { createRace } from '../../../src/placement/seats/race.ts'
import { createSequence } from '../../../src/placement/seats/sequence.ts'
import { exactIdeal, isWithinBound } from './exact-ideal.ts'

const weights = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_000_000 }))

/** Up to 20 groups, some without weight, with base and max where asked for, at least one that can grow for ever. */
function claims(limits: boolean): fc.Arbitrary<Claim[]> {
  const base = limits ? fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })) : fc.constant(0)
  const free = fc.record({ weight: weights, base })
  const weightless = fc.record({ weight: fc.constant(0), base })
  const limited = fc.record({ weight: weights, base, more: fc.integer({ min: 0, max: 400 }) })
    .map(({ weight, base: first, more }) => ({ weight, base: first, max: first + more }))
  const any: fc.Arbitrary<Claim> = limits ? fc.oneof(free, limited, weightless) : fc.oneof({ weight: 9, arbitrary: free }, weightless)
  return fc.tuple(free, fc.array(any, { maxLength: 19 }), fc.nat())
    .map(([first, rest, at]) => rest.toSpliced(at % (rest.length + 1), 0, first))
}

function findBreach(groups: readonly Claim[], pods: number): string | undefined {
  const sequence = createSequence(groups)
  const counts = groups.map(() => 0)
  const k = groups.filter(claim => roomBeyondBase(claim) > 0).length
  for (let n = 1; n <= pods; n += 1) {
    counts[sequence.groupOf(n - 1)]! += 1
    for (const [i, claim] of groups.entries()) {
      if (counts[i]! > (claim.max ?? Infinity)) return `group ${i} has ${counts[i]} pods at ${n}, above its max`
    }
    for (const [i, share] of exactIdeal(groups, n).entries()) {
      if (!isWithinBound(counts[i]!, share, k)) return `group ${i} has ${counts[i]} pods at ${n}, ideal ${share.top}/${share.bottom}`
    }
  }
  return undefined
}

void t.test('every prefix stays within the proven bound', async t => {
  for (const limits of [false, true]) {
    await t.test(limits ? 'with base and max' : 'by weight alone', async t => {
      fc.assert(fc.property(claims(limits), groups => {
        const breach = findBreach(groups, 2000)
        if (breach !== undefined) throw new Error(breach)
      }), { numRuns: 60 })
      t.pass('60 vectors of up to 20 groups, each prefix to 2,000')
    })
  }
})

void t.test('every pair of small weights and every prefix to 60 is exact', async t => {
  for (let a = 1; a <= 12; a += 1) {
    for (let b = 1; b <= 12; b += 1) {
      t.equal(findBreach([{ weight: a, base: 0 }, { weight: b, base: 0 }], 60), undefined, `${a}:${b}`)
    }
  }
})

void t.test('does not drift: at seat 1,000,000 the counts are within the bound still', async t => {
  for (const vector of [[80, 20], [999_983, 1], [1, 3, 7, 13, 999_979, 524_287], [1_000_000, 999_999, 1]]) {
    const groups = vector.map(weight => ({ weight, base: 0 }))
    const race = createRace(groups)
    const counts = groups.map(() => 0)
    for (let n = 0; n < 1_000_000; n += 1) counts[race()]! += 1
    for (const [i, share] of exactIdeal(groups, 1_000_000).entries()) {
      t.ok(isWithinBound(counts[i]!, share, groups.length), `${vector.join(':')} group ${i}: ${counts[i]}`)
    }
  }
})

void t.test('a window of the race, whatever its phase, is less than 2 off, and no group passes its max', async t => {
  fc.assert(fc.property(claims(false), fc.nat(4095), (groups, phase) => {
    const sequence = createSequence(groups, phase)
    const counts = groups.map(() => 0)
    for (let n = 1; n <= 200; n += 1) {
      counts[sequence.groupOf(n - 1)]! += 1
      for (const [i, { top, bottom }] of exactIdeal(groups, n).entries()) {
        const off = BigInt(counts[i]!) * bottom - top
        if (off >= 2n * bottom || off <= -2n * bottom) throw new Error(`group ${i} has ${counts[i]} at ${n}, ideal ${top}/${bottom}`)
      }
    }
  }), { numRuns: 100 })
  fc.assert(fc.property(claims(true), fc.nat(4095), (groups, phase) => {
    const sequence = createSequence(groups, phase)
    const counts = groups.map(() => 0)
    for (let seat = 0; seat < 1500; seat += 1) {
      const group = sequence.groupOf(seat)
      counts[group]! += 1
      if (counts[group]! > (groups[group]!.max ?? Infinity)) throw new Error(`group ${group} passed its max at seat ${seat}`)
    }
  }), { numRuns: 50 })
  t.pass('150 windows')
})
