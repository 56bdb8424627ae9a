import fc from 'fast-check'
import t from 'tap'
import { examine, placeAlone } from '../../src/placement/decide.ts'
import { restOf } from '../../src/placement/distributor/rest-plan.ts'
import type { Knowledge } from '../../src/placement/knowledge.ts'
import { deviationBound, type Claim } from '../../src/placement/seats/ideal.ts'
import { createOwnRace } from '../../src/placement/seats/own-race.ts'
import { ask, grow, know, pod, written } from './known.ts'
import { exactIdeal } from './seats/exact-ideal.ts'

/** Groups g0, g1, … with these claims. */
const knowing = (claims: readonly Claim[], spec: object = {}): Knowledge => know(written({
  distribution: claims.map((claim, index) => ({ name: `g${index}`, nodeLabel: { pool: `g${index}` }, ...claim })), ...spec,
}))

/** A replica that reaches no leader: what it answers to one pod after the other, as group indices. */
const alone = (knowledge: Knowledge, prefix: string) => {
  const race = createOwnRace()
  let count = 0
  return (now = 0): number => {
    const candidate = examine(knowledge, ask(pod(), { uid: `${prefix}-${count}` }))
    count += 1
    if (candidate.kind === 'skip') throw new Error(candidate.reason)
    const decision = placeAlone(knowledge, race, candidate, now)
    if (decision.kind === 'skip') throw new Error(decision.reason)
    return Number(decision.group.slice(1))
  }
}

const six: readonly Claim[] = [
  { weight: 7, base: 2 }, { weight: 13, base: 0, max: 20 }, { weight: 1, base: 1 }, { weight: 29, base: 0 }, { weight: 3, base: 0, max: 4 },
  { weight: 5, base: 3, max: 30 },
]

const countsOf = (claims: readonly Claim[], groups: readonly number[]) => claims.map((_, index) => groups.filter(group => group === index).length)

void t.test('races of two replicas begin where base and max are, which the pods that are there have filled', t => {
  const knowledge = knowing(six)
  const led = grow(knowledge, 150).map(({ group }) => Number(group.slice(1)))
  // Two watches, neither of which shows what the other replica answers.
  const replicas = [knowing(six), knowing(six)].map((own, index) => {
    grow(own, 150)
    return alone(own, `replica-${index}`)
  })
  const raced = replicas.flatMap(place => Array.from({ length: 30 }, () => place()))
  const counts = countsOf(six, [...led, ...raced])
  t.same([counts[1], counts[4]], [20, 4], 'what was full stays as it is')
  const bound = 3 * deviationBound(six)
  exactIdeal(six, 210).forEach(({ top, bottom }, group) => {
    t.ok(Math.abs(counts[group]! - Number(top) / Number(bottom)) <= bound, `group ${group} has ${counts[group]}, the ideal is ${Number(top) / Number(bottom)}`)
  })
  t.end()
})

void t.test('a group that the watch shows full, whoever filled it, is closed to a race that is under way', t => {
  const knowledge = knowing(six)
  const other = alone(knowledge, 'other')
  const place = alone(knowledge, 'replica')
  t.equal(place(), 0)
  // What another race of the same knowledge gives out is reserved there: as good as shown.
  const groups = [0, ...Array.from({ length: 300 }, (_, index) => index % 2 === 0 ? other() : place())]
  const counts = countsOf(six, groups)
  t.same([counts[1], counts[4], counts[5]], [20, 4, 30])
  t.end()
})

void t.test('a race goes on by the rest of a plan that is changed meanwhile', t => {
  const knowledge = knowing([{ weight: 1, base: 0, max: 4 }, { weight: 1, base: 0 }])
  grow(knowledge, 6)
  const place = alone(knowledge, 'replica')
  t.same([place(), place(), place()], [0, 1, 1], 'room for one is left')
  knowledge.distributors.remove('shop', 'web')
  for (const one of knowing([{ weight: 1, base: 0, max: 6 }, { weight: 1, base: 0 }]).distributors.all()) knowledge.distributors.apply(one)
  t.same([place(), place(), place(), place(), place(), place()].filter(group => group === 0).length, 2, 'room for two is left')
  t.end()
})

void t.test('what pods leave that go meanwhile is given out again: a base, and room below a max', t => {
  const claims = [{ weight: 1, base: 3 }, { weight: 99, base: 0 }, { weight: 50, base: 0, max: 5 }]
  const knowledge = knowing(claims)
  const there = grow(knowledge, 100)
  const place = alone(knowledge, 'replica')
  t.equal(place(), 1, 'the base is filled, and the limit is reached')
  for (const group of [0, 2]) {
    const [first, ...others] = there.filter(one => one.group === `g${group}`)
    for (const { uid } of group === 0 ? [first!, ...others] : [first!]) knowledge.revisions.remove(uid)
  }
  const next = Array.from({ length: 12 }, () => place())
  t.same(next.slice(0, 3), [0, 0, 0], 'the base first')
  t.equal(next.filter(group => group === 2).length, 1, 'room for one')
  t.end()
})

void t.test('what a leader gave out after a race had begun counts as well when it goes on', t => {
  const knowledge = knowing([{ weight: 1, base: 4 }, { weight: 9, base: 0 }])
  const place = alone(knowledge, 'replica')
  t.equal(place(), 0)
  grow(knowledge, 60)
  t.same(Array.from({ length: 4 }, () => place()), [1, 1, 1, 1])
  t.end()
})

void t.test('what it gave out counts for a minute beside what the watch shows, whether that goes on or not', t => {
  const knowledge = knowing([{ weight: 1, base: 0, max: 2 }, { weight: 1, base: 0 }])
  const place = alone(knowledge, 'replica')
  for (let index = 0; index < 20; index += 1) place(index * 6000)
  t.equal(knowledge.revisions.size().reservations, 11)
  const plain = knowing([{ weight: 1, base: 0 }, { weight: 1, base: 0 }])
  alone(plain, 'replica')()
  t.equal(plain.revisions.size().reservations, 0, 'nothing where shares are all there is')
  t.end()
})

void t.test('a dry run takes nothing, and the same review gets the same', t => {
  const knowledge = knowing(six)
  const race = createOwnRace()
  const decide = (uid: string, dryRun = false) => {
    const candidate = examine(knowledge, ask(pod(), { uid, dryRun }))
    return candidate.kind === 'skip' ? undefined : placeAlone(knowledge, race, candidate, 0)
  }
  decide('dry', true)
  t.equal(knowledge.revisions.size().reservations, 0)
  t.same(decide('one'), decide('one'))
  t.match(decide('two'), { seat: 1 })
  t.equal(knowledge.revisions.size().reservations, 2)
  t.end()
})

void t.test('Audit is not raced: what it counts is of this replica alone anyway', t => {
  const knowledge = knowing(six, { enforcement: 'Audit' })
  const place = alone(knowledge, 'replica')
  t.same([place(), place(), place()], [0, 0, 2])
  t.equal(knowledge.revisions.size().reservations, 0)
  t.end()
})

const claim: fc.Arbitrary<Claim> = fc
  .record({ weight: fc.integer({ min: 0, max: 40 }), base: fc.integer({ min: 0, max: 4 }), room: fc.option(fc.integer({ min: 0, max: 12 })) })
  .map(({ weight, base, room }) => room === null ? { weight, base } : { weight, base, max: base + room })
/** The last group can always take more. */
const claims = fc.array(claim, { minLength: 1, maxLength: 5 })
  .chain(some => fc.integer({ min: 1, max: 40 }).map(weight => [...some, { weight, base: 0 }]))
const races = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 })

void t.test('where all bases are filled and all limits reached, r races are within (r + 1) times the bound together', t => {
  fc.assert(fc.property(claims, races, fc.integer({ min: 0, max: 5000 }), (claims, races, more) => {
    const [{ outcome } = { outcome: undefined }] = knowing(claims).distributors.all()
    if (outcome === undefined || !('plan' in outcome)) throw new Error('invalid claims')
    // 12 pods beyond the base, of the least weight among at most 200.
    const led = outcome.plan.sequenceFor('').prefix(6 * 4 + 12 * 201 + more)
    if (claims.some(({ weight, max }, group) => weight > 0 && max !== undefined && led[group] !== max)) throw new Error('not full')
    const rest = restOf(outcome.plan, led).sequenceFor('')
    const counts = races.reduce((sum, size) => rest.prefix(size).map((pods, group) => pods + sum[group]!), led)
    const bound = (races.length + 1) * deviationBound(claims) + 1e-9
    return exactIdeal(claims, counts.reduce((sum, pods) => sum + pods, 0))
      .every(({ top, bottom }, group) => Math.abs(counts[group]! - Number(top) / Number(bottom)) <= bound)
  }), { numRuns: 500 })
  t.pass('500 of them')
  t.end()
})
