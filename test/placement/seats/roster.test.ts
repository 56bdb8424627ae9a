import fc from 'fast-check'
import t from 'tap'
import { deviationBound, ideal, type Claim } from '../../../src/placement/seats/ideal.ts'
import { createRoster, type Seat, type Seated } from '../../../src/placement/seats/roster.ts'
import { createSequence, seatLimit } from '../../../src/placement/seats/sequence.ts'
import { lowestFree, rankHolders } from './rank-holders.ts'

const anywhere = () => true
const claim = fc.record({ weight: fc.integer({ min: 1, max: 40 }), base: fc.nat(3) })
const limited = fc.record({ weight: fc.nat(40), base: fc.nat(3), more: fc.nat(9) })
  .map(({ weight, base, more }): Claim => ({ weight, base, max: base + more }))
const claims: fc.Arbitrary<readonly Claim[]> = fc.tuple(
  claim, fc.array(fc.oneof(claim, limited), { maxLength: 5 })
).map(([one, rest]) => [...rest, one])

void t.test('groups and seats are those of a model that computes everything anew', async t => {
  const pod = fc.record({ uid: fc.nat(40).map(String), group: fc.nat(5), seat: fc.option(fc.nat(60), { nil: undefined }) })
  fc.assert(fc.property(claims, fc.array(pod, { maxLength: 60 }), fc.array(
    fc.boolean(), { minLength: 6, maxLength: 6 }
  ), (groups, changes, open) => {
    const sequence = createSequence(groups)
    const roster = createRoster(sequence, groups)
    const model = new Map<string, Seated & { readonly uid: string }>()
    for (const { group, ...one } of changes) {
      const seated = { ...one, group: group % groups.length }
      const before = model.get(one.uid)
      if (before !== undefined) {
        model.delete(one.uid)
        roster.remove(before)
      } else {
        model.set(one.uid, seated)
        roster.add(seated)
      }
    }
    const taken = groups.map((_, group) => model.values().filter(one => one.group === group).toArray().length)
    const chosen = roster.choose(group => open[group] === true)
    const group = nextOf(groups, taken, index => open[index] === true) ?? nextOf(groups, taken, anywhere)
    const holders = model.values().filter(one => one.group === group).map(({ uid, seat }) =>
      ({ uid, created: 0, wish: seat !== undefined && sequence.groupOf(seat) === group ? sequence.rankOf(seat) : undefined }))
    const rank = lowestFree(new Set(rankHolders(holders).values()))
    return JSON.stringify(roster.counts()) === JSON.stringify(taken) && chosen.group === group && chosen.seat === sequence.seatOf(
      chosen.group, rank, taken
    )
  }), { numRuns: 600 })
  t.pass('600 rosters')
})

/** The open group of the first seat that is free when each group fills its first seats: by walking. */
function nextOf(groups: readonly Claim[], taken: readonly number[], isOpen: (group: number) => boolean): number | undefined {
  const sequence = createSequence(groups)
  const left = [...taken]
  for (let seat = 0; seat < 4000; seat += 1) {
    const group = sequence.groupOf(seat)
    const more = left[group] ?? 0
    if (more === 0 && isOpen(group)) return group
    left[group] = Math.max(0, more - 1)
  }
  return undefined
}

void t.test('the free seat of a group is its lowest that nobody holds; beyond its max it is the last of all', async t => {
  const groups = [{ weight: 80, base: 0 }, { weight: 20, base: 0, max: 1 }]
  const sequence = createSequence(groups)
  const roster = createRoster(sequence, groups)
  const spots = Array.from({ length: 10 }, (_, seat) => seat).filter(seat => sequence.groupOf(seat) === 1)
  t.strictSame([roster.freeSeatOf(0), roster.freeSeatOf(1), spots.length], [0, spots[0], 1])
  roster.add({ group: 0, seat: 0 })
  roster.add({ group: 1, seat: spots[0] })
  t.strictSame([roster.freeSeatOf(0), roster.freeSeatOf(1), roster.isGapless()], [1, seatLimit - 1, true])
  roster.add({ group: 0, seat: 3 })
  t.strictSame([roster.freeSeatOf(0), roster.isGapless()], [1, false])
  roster.remove({ group: 0, seat: 3 })
  t.equal(roster.isGapless(), true)
})

void t.test('whatever a revision looks like, once it has grown enough it is an exact prefix', async t => {
  fc.assert(fc.property(claims, fc.array(fc.nat(12), { minLength: 6, maxLength: 6 }), (groups, extra) => {
    const sequence = createSequence(groups)
    const roster = createRoster(sequence, groups)
    const start = groups.map(({ weight, base, max }, group) => Math.min(
      extra[group]!, max === undefined ? Infinity : weight === 0 ? base : max
    ))
    for (const [group, count] of start.entries()) for (let i = 0; i < count; i += 1) roster.add({ group, seat: undefined })
    // The last of the seats that these pods would fill: up to there, the others have to catch up.
    const last = Math.max(-1, ...start.map((count, group) => (count === 0 ? -1 : sequence.seatOf(group, count - 1, start))))
    for (let n = start.reduce((a, b) => a + b, 0); n <= last + 40; n += 1) {
      if (n > last) {
        const prefix = groups.map(() => 0)
        for (let seat = 0; seat < n; seat += 1) prefix[sequence.groupOf(seat)]! += 1
        if (JSON.stringify(roster.counts()) !== JSON.stringify(prefix)) return false
      }
      roster.add(roster.choose(anywhere))
    }
    return true
  }), { numRuns: 200 })
  t.pass('200 revisions')
})

void t.test('scaling in by deletion cost, the highest seat first, stays within the bound, and so does what grows from there', async t => {
  fc.assert(fc.property(claims, fc.array(fc.nat(80), { minLength: 1, maxLength: 8 }), (groups, sizes) => {
    const roster = createRoster(createSequence(groups), groups)
    const live: Seat[] = []
    return sizes.every(size => {
      while (live.length < size) {
        const one = roster.choose(anywhere)
        roster.add(one)
        live.push(one)
      }
      live.sort((a, b) => a.seat - b.seat)
      for (const one of live.splice(size)) roster.remove(one)
      return ideal(groups, size).every((share, group) => Math.abs(roster.counts()[group]! - share) <= deviationBound(groups) + 1e-9)
    })
  }), { numRuns: 300 })
  t.pass('300 histories')
})

void t.test('order of arrival does not matter, nor seats that nobody can believe', async t => {
  const groups = [{ weight: 4, base: 0 }, { weight: 1, base: 0 }]
  const sequence = createSequence(groups)
  const pods = Array.from(
    { length: 300 }, (_, seat): Seated => ({ group: sequence.groupOf(seat), seat: seat % 7 === 3 ? 9_999_999 : seat })
  )
  const seat = (all: readonly Seated[]) => {
    const roster = createRoster(sequence, groups)
    for (const one of all) roster.add(one)
    return roster.choose(anywhere)
  }
  t.strictSame(seat(pods), seat(pods.toReversed()))
  t.strictSame(seat(pods), { group: sequence.groupOf(300), seat: 300 })
})

void t.test('when no group is open, or those that are open are full, each pod keeps the group of its seat', async t => {
  const groups = [{ weight: 4, base: 0 }, { weight: 1, base: 0, max: 1 }]
  for (const isOpen of [() => false, (group: number) => group === 1]) {
    const roster = createRoster(createSequence(groups), groups)
    roster.add({ group: 1, seat: 2 })
    const chosen = Array.from({ length: 4 }, () => {
      const seat = roster.choose(isOpen)
      roster.add(seat)
      return seat
    })
    t.strictSame(chosen, [0, 1, 3, 4].map(seat => ({ group: 0, seat })))
  }
  const empty = createRoster(createSequence(groups), groups)
  for (const seat of [0, 1]) empty.add({ group: 0, seat })
  t.strictSame(empty.choose(() => false), { group: 1, seat: 2 }, 'which need not be the first')
})

void t.test('the seat that a controller gave says the group; a closed one is passed over', async t => {
  const groups = [{ weight: 3, base: 0 }, { weight: 1, base: 0 }]
  const roster = createRoster(createSequence(groups), groups)
  const cases: readonly { name: string, seat: number, closed: readonly number[], want: unknown }[] = [
    { name: 'open', seat: 0, closed: [], want: { group: 0, seat: 0 } },
    { name: 'closed', seat: 0, closed: [0], want: { group: 1, seat: 0 } },
    { name: 'all closed', seat: 0, closed: [0, 1], want: { group: 0, seat: 0 } },
    { name: 'the last', seat: seatLimit - 1, closed: [0], want: { group: 1, seat: seatLimit - 1 } },
    { name: 'beyond the last', seat: seatLimit, closed: [], want: undefined },
  ]
  for (const { name, seat, closed, want } of cases) t.strictSame(roster.groupAt(seat, group => !closed.includes(group)), want, name)
})

void t.test('a seat that a controller gave passes to no group with a max or without a weight: its own seats fill those', async t => {
  const groups = [{ weight: 80, base: 0 }, { weight: 20, base: 0, max: 2 }, { weight: 20, base: 0 }, { weight: 0, base: 1 }]
  const roster = createRoster(createSequence(groups), groups)
  const countsOf = (isOpen: (group: number) => boolean) => {
    const taken = Array.from({ length: 40 }, (_, seat) => roster.groupAt(seat, isOpen)?.group)
    return groups.map((_, group) => taken.filter(one => one === group).length)
  }
  const counts = countsOf(anywhere)
  t.strictSame(counts.slice(1, 2).concat(counts.slice(3)), [2, 1])
  t.strictSame(countsOf(group => group !== 0), [0, 2, 37, 1], 'the group without a max takes what the closed one cannot')
  const waiting = countsOf(group => group === 1 || group === 3)
  t.strictSame([waiting[1], waiting[3]], [2, 1], 'where no such group is open, pods keep the group of their seat, and wait')
})

void t.test('a group whose share is next to nothing takes the pods when it alone is open, without a walk to the end', async t => {
  const groups = [...Array.from({ length: 31 }, () => ({ weight: 1_000_000, base: 0 })), { weight: 1, base: 0 }]
  const roster = createRoster(createSequence(groups), groups)
  const before = process.cpuUsage()
  for (let n = 0; n < 3; n += 1) {
    const seat = roster.choose(group => group === 31)
    t.strictSame(seat, { group: 31, seat: seatLimit - 1 })
    roster.add(seat)
  }
  const { user, system } = process.cpuUsage(before)
  t.comment(`${((user + system) / 1000).toFixed(1)} ms of CPU`)
  t.strictSame(roster.choose(anywhere), { group: 0, seat: 0 }, 'and the others begin as ever')
})

/** Microseconds of CPU for one choice among this many pods, of which some clash and the rest come and go; the best of several rounds. */
function costOfChoosing(pods: number): number {
  const groups = [{ weight: 80, base: 0 }, { weight: 20, base: 0 }]
  const sequence = createSequence(groups)
  const roster = createRoster(sequence, groups)
  const seated = Array.from({ length: pods }, (_, seat): Seated => ({ group: sequence.groupOf(seat), seat: seat % 20 === 7 ? 0 : seat }))
  for (const one of seated) roster.add(one)
  const rounds = Array.from({ length: 7 }, () => {
    const before = process.cpuUsage()
    for (let i = 0; i < 2000; i += 1) {
      roster.remove(seated[(i * 7919) % pods]!)
      roster.add(seated[(i * 7919) % pods] = roster.choose(anywhere))
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 2000
  })
  return Math.min(...rounds)
}

void t.test('choosing among 100,000 pods takes about the time of choosing among 100, clashes or none', async t => {
  costOfChoosing(100)
  const [few, many] = [costOfChoosing(100), costOfChoosing(100_000)]
  t.ok(many < 12 * few + 2, `${few.toFixed(2)} µs among 100, ${many.toFixed(2)} µs among 100,000`)
  t.comment(`${few.toFixed(2)} µs among 100, ${many.toFixed(2)} µs among 100,000`)
})
