import fc from 'fast-check'
import t from 'tap'
import { areGapless } from '../../../src/placement/seats/gapless.ts'
import { createRoster, farthestWish } from '../../../src/placement/seats/roster.ts'
import { createSequence } from '../../../src/placement/seats/sequence.ts'

void t.test('a few pods have gaps exactly where their roster has', async t => {
  const groups = [{ weight: 70, base: 1 }, { weight: 20, base: 0, max: 2 }, { weight: 10, base: 0 }]
  const sequence = createSequence(groups, 77)
  const seat = fc.option(fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, fc.constantFrom(farthestWish, farthestWish - 1)), { nil: undefined })
  const wild = fc.array(fc.record({ group: fc.nat(2), seat }), { maxLength: 8 })
  const nearly = fc.tuple(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8]), fc.nat(8)).map(([seats, length]) =>
    [...seats.slice(length), ...Array.from({ length }, (_, index) => index)].map(one => ({ group: sequence.groupOf(one), seat: one })))
  const found = { true: 0, false: 0 }
  fc.assert(fc.property(fc.oneof(wild, nearly), seated => {
    const roster = createRoster(sequence, groups)
    seated.forEach(roster.add)
    found[`${roster.isGapless()}`] += 1
    return areGapless(sequence, seated) === roster.isGapless()
  }), { numRuns: 2000 })
  t.ok(found.true > 100 && found.false > 100, JSON.stringify(found))
})
