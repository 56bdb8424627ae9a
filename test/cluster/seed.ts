import { randomInt } from 'node:crypto'
import type { Test } from 'tap'

/** A new seed, or the one that VERSPREI_TEST_SEED says; printed, so that a run can be repeated. */
export function printSeed(t: Pick<Test, 'comment'>): number {
  const given = process.env['VERSPREI_TEST_SEED']
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given)
  t.comment(`seed ${seed}: VERSPREI_TEST_SEED=${seed} repeats it`)
  return seed
}
