import fc from 'fast-check'
import t from 'tap'
import { lossesUntil, portionOf } from '../../src/survey/survival.ts'

/** Each way to lose some of these domains: how many are lost, how many pods are left. */
const ways = (sizes: readonly number[]): readonly { readonly lost: number, readonly left: number }[] =>
  sizes.reduce<readonly { readonly lost: number, readonly left: number }[]>(
    (all, size) => all.flatMap(({ lost, left }) => [{ lost, left: left + size }, { lost: lost + 1, left }]), [{ lost: 0, left: 0 }],
  )

/** The most domains of which any that many may be lost. */
const bruteForce = (sizes: readonly number[], least: number): number => {
  const all = ways(sizes)
  const isFine = (lost: number): boolean => all.every(way => way.lost !== lost || way.left >= least)
  let losses = -1
  while (losses < sizes.length && isFine(losses + 1)) losses += 1
  return losses
}

void t.test('how many may be lost is so of every choice of that many, and not of one more', t => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 9 })
  fc.assert(fc.property(sizes, fc.integer({ min: 0, max: 40 }), (some, least) => lossesUntil(some, least) === bruteForce(some, least)), { numRuns: 500 })
  t.end()
})

void t.test('losses by example', t => {
  const cases = [
    { name: 'nothing stands', input: [[], 1], want: -1 },
    { name: 'all on one', input: [[5], 1], want: 0 },
    { name: 'one on each of five', input: [[1, 1, 1, 1, 1], 1], want: 4 },
    { name: 'the fullest go first', input: [[1, 7, 1, 1], 3], want: 1 },
    { name: 'and no further, though another could be lost', input: [[1, 7, 1, 1], 4], want: 0 },
    { name: 'too few already', input: [[1, 1], 3], want: -1 },
    { name: 'none is needed', input: [[1, 1], 0], want: 2 },
  ] as const
  for (const { name, input: [sizes, least], want } of cases) t.equal(lossesUntil(sizes, least), want, name)
  t.end()
})

void t.test('a share of pods is rounded up', t => {
  t.strictSame(
    [portionOf(3, 10), portionOf('50%', 7), portionOf('0%', 7), portionOf('100%', 7), portionOf('29%', 100), portionOf('half', 7), portionOf('5', 7)],
    [3, 4, 0, 7, 29, undefined, undefined],
  )
  t.end()
})
