import t from 'tap'
import { mostAtAll, mostPods } from '../../../src/placement/seats/blind-revisions.ts'
import { createOwnRace, type OwnRace } from '../../../src/placement/seats/own-race.ts'
import { grow, know, place, pod } from '../known.ts'

void t.test('an own race begins at seat 0 whatever pods there are, goes on while it is used, and begins anew after a minute', async t => {
  const knowledge = know()
  grow(knowledge, 7)
  const race = createOwnRace()
  const seatAt = (now: number) => place({ ...knowledge, revisions: race.revisions(now) }, pod(), { uid: `review-${now}` }).seat
  t.strictSame([0, 1, 60_001, 120_001].map(seatAt), [0, 1, 2, 3])
  t.equal(seatAt(180_002), 0)
})

void t.test('what it gave out is held by the replica once it leads, and its next race begins at seat 0', async t => {
  const knowledge = know()
  grow(knowledge, 3)
  const race = createOwnRace()
  for (const uid of ['x', 'y']) place({ ...knowledge, revisions: race.revisions(0) }, pod(), { uid })
  knowledge.revisions.takeOver(race.end(1000))
  t.equal(knowledge.revisions.size().reservations, 2)
  t.equal(place(knowledge, pod(), { uid: 'next' }).seat, 5)
  t.strictSame(race.end(1000), [])
})

const reserve = (race: OwnRace, given: number, owner = 'rs', admission = `${owner}-${given}`) =>
  race.revisions(given).of('shop', owner).reserve({ admission, distributor: 'web', group: 'type-default', seat: 0, given })
const admissions = (race: OwnRace, now: number) => race.end(now).map(({ admission }) => admission)

void t.test('of a race that has gone on for long, what the last minute gave is held', async t => {
  const race = createOwnRace()
  for (const given of [0, 50_000, 100_000, 150_000]) reserve(race, given)
  t.strictSame(admissions(race, 160_000), ['rs-100000', 'rs-150000'])
})

void t.test('a race that has been quiet for a minute is gone when the replica leads', async t => {
  for (const [now, want] of [[60_000, ['rs-0']], [60_001, []], [3_600_000, []]] as const) {
    const race = createOwnRace()
    reserve(race, 0)
    t.strictSame(admissions(race, now), want, `${now} ms later`)
  }
})

void t.test('a clock set back by an hour ends a race, as one set on does', async t => {
  const race = createOwnRace()
  reserve(race, 3_600_000)
  t.strictSame(admissions(race, 0), [])
  reserve(race, 3_600_000)
  reserve(race, 0)
  t.strictSame(admissions(race, 1000), ['rs-0'])
})

void t.test('with no leader for long, memory stays bounded: of one revision, and of many', async t => {
  const [one, many] = [createOwnRace(), createOwnRace()]
  for (let index = 0; index < 2 * mostAtAll; index += 1) {
    reserve(one, 0, 'rs', String(index))
    reserve(many, 0, `rs-${index % 100}`, String(index))
  }
  t.ok(one.end(0).length <= mostPods)
  const held = many.end(0)
  t.ok(held.length > mostAtAll / 2)
  t.ok(held.length <= mostAtAll)
})
