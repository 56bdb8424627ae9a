import t from 'tap'
import { readGivenSeat } from '../../../src/placement/seats/given-seat.ts'
import { createRevisions } from '../../../src/placement/seats/revisions.ts'
import { grow, know, place, pod } from '../known.ts'

const created = Date.UTC(2026)
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

void t.test('pods of a list are known by their reviews when they are young, and forgotten two minutes on', async t => {
  const old = { uid: 'old', namespace: 'shop', owner: 'rs', distributor: 'web', group: 'type-default', seat: 0, admission: 'a', created }
  const given = ['a', 'b'].map((admission, seat) =>
    ({ namespace: 'shop', owner: 'rs', admission, distributor: 'web', group: 'type-default', seat, given: created }))
  const revisions = createRevisions()
  revisions.replace([old, { ...old, uid: 'young', admission: 'b', seat: 1, created: created + 120_001 }])
  revisions.takeOver(given)
  t.equal(revisions.size().reservations, 1, 'a review of that age cannot be of this list\'s pods')
  revisions.expire(created + 300_000, true)
  revisions.takeOver(given)
  t.equal(revisions.size().reservations, 2)
})

void t.test('what another replica sent is read as it was given, and nothing else is', async t => {
  const good = { namespace: 'shop', owner: 'rs', admission: 'a', distributor: 'web', group: 'x', seat: 3, given: created }
  t.strictSame(readGivenSeat(JSON.parse(JSON.stringify({ ...good, more: 1 }))), good)
  for (const key of Object.keys(good)) t.equal(readGivenSeat({ ...good, [key]: null }), undefined, `without ${key}`)
  for (const seat of [-1, 0.5, 1e99, '3']) t.equal(readGivenSeat({ ...good, seat }), undefined, `seat ${seat}`)
  t.equal(readGivenSeat(null), undefined)
})
