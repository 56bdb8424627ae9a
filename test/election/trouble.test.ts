import t from 'tap'
import { peerUrlKey } from '../../src/cluster/lease.ts'
import { urlOf, view } from './candidate.ts'
import { leading, meet } from './two-candidates.ts'

const count = (logged: readonly string[], part: string) => logged.filter(line => line.includes(part)).length

void t.test('a leader that cannot renew says no 10 s after its last renewal, and says so then', async t => {
  const { world, a } = await leading()
  a.fated(() => ({ status: 500 }))
  await world.advance(8_999)
  t.same([view(a), a.changes()], [[true, 'a'], 1])
  await world.advance(1)
  t.same([view(a), a.changes()], [[false, undefined], 2])
  await world.advance(4_000)
  t.same(a.logged.slice(1), [
    'warn: the Lease could not be read or written; trying again',
    'warn: no longer leads: the Lease was not renewed in time',
  ])
})

void t.test('the 10 s count from when a renewal was sent, not from its answer', async t => {
  const { world, a } = await leading()
  let slow = 1
  a.fated(() => slow-- > 0 ? { back: 3_000 } : { status: 500 })
  await world.advance(10_999)
  t.same(view(a), [true, 'a'])
  await world.advance(1)
  t.same(view(a), [false, undefined])
})

void t.test('a request that hangs does not eat the deadline', async t => {
  for (const lost of ['request', 'answer'] as const) {
    const { world, a } = await leading()
    let hanging = 1
    a.fated(() => hanging-- > 0 ? { lost } : {})
    await world.advance(30_000)
    t.same([view(a), a.changes()], [[true, 'a'], 1], lost)
  }
})

void t.test('a leader leads on while the API server is away for less than the deadline', async t => {
  const { world, a, b } = await leading()
  for (const one of [a, b]) one.fated(() => ({ status: 500 }))
  await world.advance(6_500)
  for (const one of [a, b]) one.fated(() => ({}))
  await world.advance(30_000)
  t.same([view(a), view(b), a.changes(), b.changes()], [[true, 'a'], [false, 'a'], 1, 1])
})

void t.test('when the API server is away for long nobody leads, and one does once it is back', async t => {
  const { world, a, b } = await leading()
  for (const one of [a, b]) one.fated(() => ({ lost: 'request' }))
  await world.advance(60_000)
  t.same([view(a), view(b)], [[false, undefined], [false, undefined]])
  for (const one of [a, b]) one.fated(() => ({}))
  await world.advance(10_000)
  t.equal([a, b].filter(one => one.isLeader()).length, 1)
})

void t.test('a process that was frozen, or a machine that slept, says no at once', async t => {
  const cases = [
    { name: 'frozen', clocks: { monotonic: 20_000, wall: 20_000 } },
    { name: 'slept', clocks: { wall: 20_000 } },
    { name: 'the wall clock set back', clocks: { wall: -20_000 } },
  ]
  for (const { name, clocks } of cases) {
    const { world, a } = await leading()
    a.machine.jump(clocks)
    t.same(view(a), [false, undefined], name)
    await world.advance(3_000)
    t.same([view(a), a.changes()], [[true, 'a'], 3], `${name}: nobody took the Lease, so it leads again, and tells both`)
  }
})

void t.test('a leader that was frozen too long finds another, steps down and does not write', async t => {
  const { world, api, a, b } = await leading()
  a.machine.freeze()
  await world.advance(25_000)
  t.same([view(a), view(b)], [[false, undefined], [true, 'b']])
  a.machine.thaw()
  await world.advance(5_000)
  t.same([view(a), view(b)], [[false, 'b'], [true, 'b']])
  t.match(api.lease()?.spec, { holderIdentity: 'b', leaseTransitions: 1 })
})

void t.test('a renewal that meets a conflict looks again, and goes on leading', async t => {
  const { world, api, a } = await leading()
  api.edit(({ metadata, ...lease }) => {
    return { ...lease, metadata: { ...metadata, labels: { team: 'x' }, annotations: { ...metadata.annotations, note: 'theirs' } } }
  })
  api.arrived.length = 0
  await world.advance(1_000)
  t.same(api.arrived.filter(({ by }) => by === 'a').map(({ method }) => method), ['PUT', 'GET', 'PUT'])
  t.same([view(a), a.changes()], [[true, 'a'], 1])
  t.match(api.lease()?.metadata, { labels: { team: 'x' }, annotations: { note: 'theirs', [peerUrlKey]: urlOf('a') } })
})

void t.test('a Lease that was deleted is made again by its leader, and nobody else', async t => {
  const { world, api, a, b } = await leading()
  api.remove()
  await b.look()
  t.same(view(b), [false, 'a'], 'the leader is still believed in')
  await world.advance(2_000)
  t.same([view(a), a.changes(), b.changes()], [[true, 'a'], 1, 1])
  t.match(api.lease()?.spec, { holderIdentity: 'a' })
})

void t.test('a Lease that was deleted with its leader is made again after 15 s', async t => {
  const { world, api, a, b } = await leading()
  a.machine.freeze()
  api.remove()
  await b.look()
  await world.advance(14_999)
  t.same(b.isLeader(), false)
  await world.advance(5_000)
  t.same(b.isLeader(), true)
})

void t.test('a follower that was frozen between two deletions does not count from the first', async t => {
  const { world, api, a, b } = await leading()
  api.remove()
  await b.look()
  b.machine.freeze()
  await world.advance(30_000)
  api.remove()
  b.machine.thaw()
  await b.look()
  t.same([view(a), view(b)], [[true, 'a'], [false, undefined]])
})

void t.test('a Lease without a spec is held by nobody', async t => {
  const { world, api, a, b } = meet()
  a.start()
  await world.advance(0)
  api.edit(({ metadata }) => ({ metadata }))
  a.machine.freeze()
  b.start()
  await world.advance(0)
  t.same(view(b), [true, 'b'])
})

void t.test('trouble is logged once while it lasts, and again when it comes back', async t => {
  const { world, b } = await leading()
  const trouble = 'could not be read'
  b.fated(() => ({ status: 403 }))
  await world.advance(60_000)
  t.equal(count(b.logged, trouble), 1)
  b.fated(() => ({}))
  await world.advance(10_000)
  b.fated(() => ({ status: 403 }))
  await world.advance(10_000)
  t.equal(count(b.logged, trouble), 2)
})
