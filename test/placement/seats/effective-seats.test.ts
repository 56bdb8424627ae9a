import t from 'tap'
import { effectiveSeats } from '../../../src/placement/seats/effective-seats.ts'
import { createRoster } from '../../../src/placement/seats/roster.ts'
import type { RankedPod } from '../../../src/placement/seats/rerank.ts'
import { createSequence } from '../../../src/placement/seats/sequence.ts'

// Seats 0, 1, 3, 4 are of the first group, seat 2 of the second.
const claims = [{ weight: 80, base: 0 }, { weight: 20, base: 0 }]
const sequence = createSequence(claims)
const pod = (uid: string, group: number, seat: number | undefined, created = 0): RankedPod => ({ uid, group, seat, created })

const cases: readonly { readonly name: string, readonly pods: readonly RankedPod[], readonly want: Readonly<Record<string, number>> }[] = [
  { name: 'none', pods: [], want: {} },
  { name: 'each on its own', pods: [pod('a', 0, 0), pod('b', 0, 3), pod('c', 1, 2)], want: { a: 0, b: 3, c: 2 } },
  { name: 'the older of two keeps the seat', pods: [pod('a', 0, 1, 5), pod('b', 0, 1, 4)], want: { a: 0, b: 1 } },
  { name: 'of two as old, the first by uid', pods: [pod('b', 0, 0), pod('a', 0, 0)], want: { a: 0, b: 1 } },
  { name: 'a seat of another group', pods: [pod('a', 0, 2), pod('b', 0, 0)], want: { a: 1, b: 0 } },
  { name: 'no seat at all', pods: [pod('a', 1, undefined), pod('b', 1, 2)], want: { a: 7, b: 2 } },
]

void t.test('each pod holds one seat of its group, the older first', async t => {
  for (const { name, pods, want } of cases) t.strictSame(Object.fromEntries(effectiveSeats(sequence, 2, pods)), want, name)
})

void t.test('the seat that admission finds free is the lowest that nobody holds', async t => {
  for (const { name, pods } of cases) {
    const roster = createRoster(sequence, claims)
    for (const one of pods) roster.add(one)
    const held = new Set(effectiveSeats(sequence, 2, pods).values())
    for (const group of [0, 1]) {
      const free = Array.from({ length: 50 }, (_, seat) => seat).find(seat => sequence.groupOf(seat) === group && !held.has(seat))
      t.equal(roster.freeSeatOf(group), free, `${name}: group ${group}`)
    }
  }
})
