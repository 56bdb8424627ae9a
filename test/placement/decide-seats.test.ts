import t from 'tap'
import { decideOn, grow, know, ownedBy, place, pod, regular, spot, written } from './known.ts'
import { listDistributor } from '../../src/placement/distributor/listed.ts'

void t.test('the same review again gets the same answer and no second seat', async t => {
  const knowledge = know()
  const first = decideOn(knowledge, pod())
  t.strictSame(decideOn(knowledge, pod()), first)
  t.equal(knowledge.revisions.size().reservations, 1)
  t.equal(place(knowledge, pod(), { uid: 'review-2' }).seat, 1)
})

void t.test('nor does it when the watch has shown its pod meanwhile, until the watch is a minute past it', async t => {
  const knowledge = know()
  const first = decideOn(knowledge, pod())
  const [shown] = grow(know(), 1).map(one => ({ ...one, admission: 'review-1' }))
  knowledge.revisions.apply(shown!)
  t.strictSame(decideOn(knowledge, pod()), first)
  t.strictSame(knowledge.revisions.size(), { pods: 1, reservations: 0 })
  t.equal(place(knowledge, pod(), { uid: 'review-2' }).seat, 1)
  knowledge.revisions.expire(Date.now() + 3_600_000, true)
  t.equal(place(knowledge, pod()).seat, 1, 'then it is a review like any other')
})

void t.test('a dry run gets the same decision and reserves nothing', async t => {
  const knowledge = know()
  const dry = decideOn(knowledge, pod(), { dryRun: true })
  t.equal(knowledge.revisions.size().reservations, 0)
  t.strictSame(dry, decideOn(knowledge, pod()))
})

void t.test('each revision has seats of its own', async t => {
  const knowledge = know()
  grow(knowledge, 3)
  t.equal(
    place(
      knowledge, pod({}, { ownerReferences: ownedBy('apps/v1', 'ReplicaSet', 'web-5d4f').map(one => ({ ...one, uid: 'other' })) })
    ).seat,
    0
  )
})

void t.test('a reservation is a seat taken, until the watch shows its pod', async t => {
  const knowledge = know()
  for (let i = 0; i < 1000; i += 1) place(knowledge, pod(), { uid: `burst-${i}` })
  t.strictSame(knowledge.revisions.size(), { pods: 0, reservations: 1000 })
  knowledge.revisions.replace(grow(know(), 1000, pod(), 'x').map((one, i) => ({ ...one, admission: `burst-${i}` })))
  t.strictSame(knowledge.revisions.size(), { pods: 1000, reservations: 0 })
  t.equal(place(knowledge, pod(), { uid: 'next' }).seat, 1000)
})

void t.test('a replacement takes the seat its predecessor left', async t => {
  const knowledge = know()
  const pods = grow(knowledge, 50)
  for (const seat of [31, 7, 2]) {
    knowledge.revisions.remove(pods[seat]!.uid)
    const [next] = grow(knowledge, 1, pod(), `replaces-${seat}`)
    t.strictSame({ seat: next!.seat, group: next!.group }, { seat, group: pods[seat]!.group })
  }
})

void t.test('a weight that changes moves nothing; the next pods fill what lacks', async t => {
  const knowledge = know()
  const pods = grow(knowledge, 100)
  knowledge.distributors.apply(listDistributor(written({ distribution: [{ ...regular, weight: 50 }, { ...spot, weight: 50 }] })))
  const next = grow(knowledge, 60, pod(), 'later')
  t.ok(next.every(({ group }) => group === 'type-spot'), '20 spot pods lack 60')
  t.strictSame(
    grow(knowledge, 10, pod(), 'last').map(({ group }) => group).toSorted(),
    [...Array(5).fill('type-default'), ...Array(5).fill('type-spot')]
  )
  const seats = new Set(next.map(({ seat }) => seat))
  t.equal(seats.size, 60, 'no seat is given twice')
  t.equal(pods.length, 100)
})

void t.test('many small workloads start at places of their own', async t => {
  const knowledge = know(written({ target: { apiVersion: 'apps/v1', kind: 'Deployment' } }))
  const counts: Record<string, number> = { 'type-default': 0, 'type-spot': 0 }
  for (let i = 0; i < 1000; i += 1) {
    const owner = ownedBy('apps/v1', 'ReplicaSet', 'web-5d4f').map(one => ({ ...one, uid: `2b1f8d0e-${i}-4f7a` }))
    counts[place(knowledge, pod({}, { ownerReferences: owner }), { uid: `r${i}` }).group]! += 1
  }
  t.ok(Math.abs(counts['type-spot']! - 200) < 50, `${counts['type-spot']} of 1,000 on spot`)
  const named = know()
  t.equal(
    place(named, pod()).group,
    place(
      named, pod({}, { ownerReferences: ownedBy('apps/v1', 'ReplicaSet', 'web-5d4f').map(one => ({ ...one, uid: 'z' })) }), { uid: 'r' }
    ).group
  )
  const cron = know(written(
    {
      target: { apiVersion: 'batch/v1', kind: 'CronJob', name: 'night' },
      distribution: [{ ...regular, weight: 1 }, { ...spot, weight: 1 }],
    }
  ))
  const groups = Array.from({ length: 40 }, (_, i) =>
    place(cron, pod({}, { labels: {}, ownerReferences: ownedBy('batch/v1', 'Job', `night-${29_000_000 + i}`) }), { uid: `c${i}` }).group)
  t.equal(new Set(groups).size, 2, 'the Jobs of one CronJob, too')
})
