import t from 'tap'
import { adoptionText } from '../../../src/placement/seats/adoption-text.ts'
import { readGivenSeat } from '../../../src/placement/seats/given-seat.ts'
import type { PlacedPod } from '../../../src/placement/seats/revision.ts'
import { createRevisions, type Revisions } from '../../../src/placement/seats/revisions.ts'
import { grow, know, place, pod } from '../known.ts'

const created = Date.UTC(2026)
const whole = { namespace: 'shop', owner: 'rs', admission: 'a', distributor: 'web', group: 'type-default', seat: 0 }
const seatOfNext = (knowledge: ReturnType<typeof know>) => place(knowledge, pod(), { uid: 'next', dryRun: true }).seat

void t.test('the next leader goes on where the last one ended, whatever their watches have shown', async t => {
  const cases: readonly { name: string, sawLast: number, sawNext: number }[] = [
    { name: 'neither has seen a pod', sawLast: 0, sawNext: 0 },
    { name: 'the last one has seen more', sawLast: 7, sawNext: 3 },
    { name: 'the next one has seen more', sawLast: 3, sawNext: 7 },
    { name: 'both have seen all', sawLast: 10, sawNext: 10 },
  ]
  for (const { name, sawLast, sawNext } of cases) {
    const [last, next] = [know(), know()]
    const pods = grow(know(), 10).map((one, index) => ({ ...one, admission: `burst-${index}`, created }))
    for (let index = 0; index < 10; index += 1) place(last, pod(), { uid: `burst-${index}` })
    for (const one of pods.slice(0, sawLast)) last.revisions.apply(one)
    for (const one of pods.slice(0, sawNext)) next.revisions.apply(one)
    next.revisions.takeOver(last.revisions.handOver())
    t.equal(seatOfNext(next), 10, name)
    next.revisions.replace(pods)
    t.strictSame([next.revisions.size(), seatOfNext(next)], [{ pods: 10, reservations: 0 }, 10], `${name}: once all are seen`)
  }
})

void t.test('what was taken over is handed on: the third leader may be behind where the second was not', async t => {
  const [first, second, third] = [know(), know(), know()]
  const pods = grow(know(), 4).map((one, index) => ({ ...one, admission: `burst-${index}`, created }))
  for (let index = 0; index < 4; index += 1) place(first, pod(), { uid: `burst-${index}` })
  for (const one of pods) second.revisions.apply(one)
  second.revisions.takeOver(first.revisions.handOver())
  t.strictSame(second.revisions.size(), { pods: 4, reservations: 0 }, 'none is held twice')
  second.revisions.remove(pods[3]!.uid)
  third.revisions.takeOver(second.revisions.handOver())
  t.strictSame([third.revisions.size(), seatOfNext(third)], [{ pods: 0, reservations: 3 }, 3], 'but of a pod that went')
  second.revisions.expire(created + 10 * 60_000, true)
  t.strictSame(second.revisions.handOver(), [], 'and for a minute only')
})

void t.test('a seat whose pod came and went before the hand-over is free', async t => {
  const [last, next] = [know(), know()]
  place(last, pod(), { uid: 'burst-0' })
  const [one] = grow(know(), 1).map(shown => ({ ...shown, admission: 'burst-0', created }))
  next.revisions.apply(one!)
  next.revisions.remove(one!.uid)
  next.revisions.takeOver(last.revisions.handOver())
  t.strictSame([seatOfNext(next), next.revisions.size()], [0, { pods: 0, reservations: 0 }])
})

void t.test('a seat whose pod the last leader saw go is free, though the next one has never heard of it', async t => {
  const [last, next] = [know(), know()]
  place(last, pod(), { uid: 'burst-0' })
  const [one] = grow(know(), 1).map(shown => ({ ...shown, admission: 'burst-0', created }))
  last.revisions.apply(one!)
  last.revisions.remove(one!.uid)
  t.strictSame(last.revisions.handOver(), [])
  next.revisions.takeOver(last.revisions.handOver())
  t.equal(seatOfNext(next), 0)
})

void t.test('pods that were adopted are not seated twice by the next leader, old as they are, nor where they came and went', async t => {
  const adoptedAt = created + 24 * 3_600_000
  const old = grow(know(), 100).map(one => ({ ...one, created }))
  const cases: readonly { name: string, learn: (next: Revisions, adopted: readonly PlacedPod[]) => void, pods: number }[] = [
    { name: 'each was shown', learn: (next, adopted) => adopted.forEach(next.apply), pods: 100 },
    {
      name: 'each was shown, and it has been looked over since',
      learn: (next, adopted) => {
        next.expire(adoptedAt - 5000, true)
        adopted.forEach(next.apply)
        for (let later = 0; later <= 60_000; later += 5000) next.expire(adoptedAt + later, true)
      },
      pods: 100,
    },
    { name: 'all were listed', learn: (next, adopted) => next.replace(adopted), pods: 100 },
    {
      name: 'all were listed, with one that was created since',
      learn: (next, adopted) => next.replace([...adopted, { ...adopted[0]!, uid: 'new', admission: 'new', created: adoptedAt }]),
      pods: 101,
    },
    {
      name: 'they were another distributor\'s before',
      learn(next, adopted) {
        next.replace(adopted.map(one => ({ ...one, distributor: 'other', admission: `review-${one.uid}` })))
        next.expire(adoptedAt, true)
        adopted.forEach(next.apply)
      },
      pods: 100,
    },
    {
      name: 'each was shown, and one is gone',
      learn(next, adopted) {
        adopted.forEach(next.apply)
        next.remove(adopted[0]!.uid)
      },
      pods: 99,
    },
  ]
  for (const { name, learn, pods } of cases) {
    const [last, next] = [createRevisions(), createRevisions()]
    const adopted = old.map(one => ({ ...one, admission: adoptionText(one.uid, adoptedAt) }))
    for (const one of adopted) {
      last.of(one.namespace, one.owner).reserve({ ...one, seat: one.seat ?? 0, given: adoptedAt })
      last.apply(one)
    }
    learn(next, adopted)
    next.takeOver(last.handOver())
    t.strictSame(next.size(), { pods, reservations: 0 }, name)
  }
})

void t.test('a review decided after its pod was seen gets an answer and holds no seat', async t => {
  const knowledge = know()
  const [one] = grow(know(), 1).map(shown => ({ ...shown, admission: 'raced', created }))
  knowledge.revisions.apply(one!)
  t.equal(place(knowledge, pod(), { uid: 'raced' }).seat, 1)
  t.strictSame([knowledge.revisions.size(), seatOfNext(knowledge)], [{ pods: 1, reservations: 0 }, 1])
  knowledge.revisions.remove(one!.uid)
  place(knowledge, pod(), { uid: 'raced' })
  t.strictSame([knowledge.revisions.size(), seatOfNext(knowledge)], [{ pods: 0, reservations: 0 }, 0], 'nor when the pod is gone by then')
})

void t.test('of a list only young pods, and those adopted of late, are known by their reviews', async t => {
  const listed = (admission: string, age: number, uid = admission): PlacedPod =>
    ({ ...whole, uid, admission, created: created + 600_000 - age })
  const cases: readonly { name: string, pods: readonly PlacedPod[], admission: string, want: number }[] = [
    { name: 'the newest', pods: [listed('a', 0)], admission: 'a', want: 0 },
    { name: 'two minutes older', pods: [listed('a', 120_000), listed('b', 0)], admission: 'a', want: 0 },
    { name: 'older than that', pods: [listed('a', 120_001), listed('b', 0)], admission: 'a', want: 1 },
    {
      name: 'adopted last', pods: [listed(adoptionText('x', 1000), 120_001, 'x'), listed('b', 0)], admission: adoptionText('x', 1000),
      want: 0,
    },
    {
      name: 'adopted two minutes before the last',
      pods: [listed(adoptionText('x', 1000), 120_001, 'x'), listed(adoptionText('y', 121_000), 0, 'y')],
      admission: adoptionText('x', 1000), want: 0,
    },
    {
      name: 'adopted long before the last',
      pods: [listed(adoptionText('x', 1000), 120_001, 'x'), listed(adoptionText('y', 121_001), 0, 'y')],
      admission: adoptionText('x', 1000), want: 1,
    },
  ]
  for (const { name, pods, admission, want } of cases) {
    const revisions = createRevisions()
    revisions.replace(pods)
    revisions.takeOver([{ ...whole, admission, given: created }])
    t.equal(revisions.size().reservations, want, name)
  }
})

void t.test('reviews of pods that were seen are remembered for two minutes at least and four at most, whatever the clock does', async t => {
  const cases: readonly { name: string, progress: readonly number[], want: number }[] = [
    { name: 'no time at all', progress: [], want: 0 },
    { name: 'two minutes', progress: [1000, 121_000], want: 0 },
    { name: 'longer than that', progress: [1000, 121_001], want: 0 },
    { name: 'four minutes', progress: [1000, 121_001, 241_001], want: 0 },
    { name: 'longer than four', progress: [1000, 121_001, 241_002], want: 1 },
    { name: 'a clock set on by a day', progress: [1000, 86_400_000, 86_460_000], want: 0 },
    { name: 'a clock set back by a day', progress: [86_400_000, 1000, 61_000], want: 0 },
    { name: 'a clock set back by a day, and four minutes', progress: [86_400_000, 1000, 121_001], want: 1 },
  ]
  for (const { name, progress, want } of cases) {
    const revisions = createRevisions()
    if (progress[0] !== undefined) revisions.expire(progress[0], true)
    revisions.apply({ ...whole, uid: 'x', created: 0 })
    for (const at of progress.slice(1)) revisions.expire(at, true)
    revisions.takeOver([{ ...whole, given: 1e15 }])
    t.equal(revisions.size().reservations, want, name)
  }
})

void t.test('what changes nothing of a pod\'s seat does not make its review young again', async t => {
  const revisions = createRevisions()
  revisions.expire(0, true)
  revisions.apply({ ...whole, uid: 'x', created: 0 })
  for (const at of [121_000, 242_000]) {
    revisions.apply({ ...whole, uid: 'x', created: 0 })
    revisions.expire(at, true)
  }
  revisions.takeOver([{ ...whole, given: 1e15 }])
  t.equal(revisions.size().reservations, 1)
})

void t.test('what another replica sent is read as it was given, and nothing else is', async t => {
  const good = { namespace: 'shop', owner: 'rs', admission: 'a', distributor: 'web', group: 'x', seat: 3, given: created }
  t.strictSame(readGivenSeat(JSON.parse(JSON.stringify({ ...good, more: 1 }))), good)
  for (const key of Object.keys(good)) t.equal(readGivenSeat({ ...good, [key]: null }), undefined, `without ${key}`)
  for (const seat of [-1, 0.5, 1e99, '3']) t.equal(readGivenSeat({ ...good, seat }), undefined, `seat ${seat}`)
  t.equal(readGivenSeat(null), undefined)
})
