import t from 'tap'
import { createOwnRace } from '../../../src/placement/seats/own-race.ts'
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
  knowledge.revisions.takeOver(race.end())
  t.equal(knowledge.revisions.size().reservations, 2)
  t.equal(place(knowledge, pod(), { uid: 'next' }).seat, 5)
  t.strictSame(race.end(), [])
})
