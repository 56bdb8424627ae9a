import t from 'tap'
import { peerUrlKey } from '../../src/cluster/lease.ts'
import { createCandidate, urlOf, view } from './candidate.ts'
import { createLeaseApi } from './lease-api.ts'
import { createWorld, settle } from './world.ts'

const [forA, forB] = ['a', 'b'].map(identity => ({ identity, url: urlOf(identity) }))

/** `a` leads, `b` follows. */
const leading = async () => {
  const world = createWorld()
  const api = createLeaseApi(world)
  const [a, b] = [createCandidate(world, api, 'a'), createCandidate(world, api, 'b', { offset: 99_000 })]
  a.start()
  await world.advance(0)
  b.start()
  await world.advance(1_000)
  return { world, api, a, b }
}

/** Waits for what takes simulated time. */
const during = async <T>(world: ReturnType<typeof createWorld>, ms: number, promise: Promise<T>): Promise<T | 'not settled'> => {
  await world.advance(ms)
  return Promise.race([promise, settle().then(() => 'not settled' as const)])
}

void t.test('a leader that stops releases the Lease, and the other leads at its next look', async t => {
  const { api, a, b } = await leading()
  const stopped = a.stop()
  t.same([view(a), a.changes()], [[false, undefined], 2], 'it does not lead from the moment it is asked')
  await stopped
  t.match(api.lease()?.spec, { holderIdentity: '', leaseDurationSeconds: 1 })
  t.equal(api.lease()?.metadata.annotations?.[peerUrlKey], undefined)
  await b.look()
  t.same(view(b), [true, 'b'])
  t.match(api.lease()?.spec, { holderIdentity: 'b', leaseTransitions: 1, leaseDurationSeconds: 15 })
})

void t.test('a release that meets a conflict is tried again', async t => {
  const { world, api, a } = await leading()
  a.fated(() => ({ there: 10, back: 10 }))
  const stopped = a.stop()
  await world.advance(25)
  api.edit(lease => ({ ...lease, metadata: { ...lease.metadata, labels: { team: 'x' } } }))
  t.equal(await during(world, 500, stopped), undefined)
  t.match(api.lease(), { spec: { holderIdentity: '' }, metadata: { labels: { team: 'x' } } })
})

void t.test('stopping ends within 2 s and without an error when nothing answers', async t => {
  const { world, a } = await leading()
  a.fated(() => ({ lost: 'request' }))
  t.equal(await during(world, 2_000, a.stop()), undefined)
  t.equal(a.logged.at(-1), 'warn: the Lease could not be released: it runs out')
})

void t.test('what was acquired by a request whose answer got lost is released, too', async t => {
  const world = createWorld()
  const api = createLeaseApi(world)
  const a = createCandidate(world, api, 'a')
  a.fated(method => method === 'POST' ? { lost: 'answer' } : {})
  a.start()
  await world.advance(1_000)
  t.same([view(a), api.lease()?.spec?.['holderIdentity']], [[false, undefined], 'a'])
  await a.stop()
  t.match(api.lease()?.spec, { holderIdentity: '' })
})

void t.test('a follower that stops writes nothing', async t => {
  const { api, b } = await leading()
  api.arrived.length = 0
  await b.stop()
  t.same(api.arrived, [])
})

void t.test('the Lease is taken over at once from its holder, who then yields', async t => {
  const { world, api, a, b } = await leading()
  t.equal(await b.takeFrom('a'), true)
  t.same(view(b), [true, 'b'])
  t.match(api.lease(), {
    metadata: { annotations: { [peerUrlKey]: urlOf('b') } }, spec: { holderIdentity: 'b', leaseTransitions: 1 },
  })
  a.yield(forB!)
  t.same([view(a), a.leader(), a.changes()], [[false, 'b'], forB, 2], 'at once, without a look')
  api.arrived.length = 0
  await a.stop()
  t.same(api.arrived, [], 'nothing is released that is not ours')
  await world.advance(60_000)
  t.same(view(b), [true, 'b'])
})

void t.test('one who yielded follows, and leads again only when it is its turn', async t => {
  const { world, a, b } = await leading()
  await b.takeFrom('a')
  a.yield(forB!)
  await world.advance(30_000)
  t.same([view(a), a.changes()], [[false, 'b'], 2])
  await b.stop()
  await world.advance(5_000)
  t.same(view(a), [true, 'a'])
})

void t.test('an answer that comes after yielding does not bring leadership back', async t => {
  for (const deaf of [false, true]) {
    const { world, api, a, b } = await leading()
    a.fated(() => ({ back: 500, deaf }))
    const look = a.look()
    t.equal(await b.takeFrom('a'), true)
    a.yield(forB!)
    await world.advance(600)
    await look
    t.same([view(a), a.changes(), api.lease()?.spec?.['holderIdentity']], [[false, 'b'], 2, 'b'], deaf ? 'given up too late' : 'given up')
  }
})

void t.test('an old leader that is told nothing steps down at its next look', async t => {
  const { world, a, b } = await leading()
  await b.takeFrom('a')
  await world.advance(2_000)
  t.same([view(a), view(b)], [[false, 'b'], [true, 'b']])
  t.equal(a.logged.at(-1), 'warn: no longer leads: another holds the Lease')
})

void t.test('a Lease that another holds is not taken over', async t => {
  const { api, b } = await leading()
  api.edit(lease => ({ ...lease, spec: { ...lease.spec, holderIdentity: 'c' } }))
  t.equal(await b.takeFrom('a'), false)
  t.same([view(b), api.lease()?.spec?.['holderIdentity']], [[false, 'c'], 'c'])
  t.equal(b.logged.at(-1), 'warn: the Lease was not taken over: another holds it, or writes it')
})

void t.test('a Lease that nobody holds is taken over', async t => {
  const { api, a, b } = await leading()
  a.machine.freeze()
  api.edit(lease => ({ ...lease, spec: { ...lease.spec, holderIdentity: '' } }))
  t.equal(await b.takeFrom('a'), true)
  api.remove()
  t.equal(await b.takeFrom('a'), true)
  t.match(api.lease()?.spec, { holderIdentity: 'b' })
})

void t.test('a renewal of the old leader in between does not hinder taking over', async t => {
  const { world, api, b } = await leading()
  b.fated(() => ({ there: 10, back: 10 }))
  const taken = b.takeFrom('a')
  await world.advance(25)
  api.edit(lease => ({ ...lease, spec: { ...lease.spec, renewTime: '2026-01-01T00:00:01.500000Z' } }))
  t.equal(await during(world, 500, taken), true)
})

void t.test('taking over fails within 2 s when nothing answers, even while a look hangs, and the turns go on', async t => {
  const { world, b } = await leading()
  b.fated(() => ({ lost: 'request' }))
  const look = b.look()
  t.equal(await during(world, 2_000, b.takeFrom('a')), false)
  await look
  t.equal(b.logged.at(-1), 'warn: the Lease could not be taken over')
  b.fated(() => ({}))
  await world.advance(15_000)
  t.same(view(b), [false, 'a'])
})

void t.test('a peer is believed until the Lease says otherwise', async t => {
  const { world, a, b } = await leading()
  b.follow({ identity: 'c', url: 'https://[fd00::c]:8444' })
  t.same([b.leader(), b.changes()], [{ identity: 'c', url: 'https://[fd00::c]:8444' }, 2])
  await b.look()
  t.same([b.leader(), b.changes()], [forA, 3])
  b.follow({ identity: 'c', url: 'http://c.test/path' })
  t.same(b.leader(), { identity: 'c', url: undefined })
  b.fated(() => ({ lost: 'request' }))
  await world.advance(15_000)
  t.same(b.leader(), undefined, 'at most for a lease duration')
  t.same(view(a), [true, 'a'])
})

void t.test('a look that began before the news does not outweigh it', async t => {
  const { world, b } = await leading()
  b.fated(() => ({ there: 10, back: 100 }))
  const look = b.look()
  await world.advance(50)
  b.follow({ identity: 'c', url: urlOf('c') })
  await world.advance(100)
  await look
  t.same(view(b), [false, 'c'])
})

void t.test('a leader that is told of another looks at once, and believes the Lease', async t => {
  const { world, api, a } = await leading()
  api.arrived.length = 0
  a.follow(forB!)
  await world.advance(0)
  t.same([view(a), api.arrived.map(({ method }) => method)], [[true, 'a'], ['PUT']])
  api.edit(lease => ({ ...lease, spec: { ...lease.spec, holderIdentity: 'b' } }))
  a.follow(forB!)
  await world.advance(0)
  t.same(view(a), [false, 'b'])
})
