import t from 'tap'
import { peerUrlKey } from '../../src/cluster/lease.ts'
import { urlOf, view } from './candidate.ts'
import { leading, meet } from './two-candidates.ts'
import { settle } from './world.ts'

void t.test('the first makes the Lease and leads, the second follows', async t => {
  const { api, a, b } = await leading()
  t.same([view(a), view(b)], [[true, 'a'], [false, 'a']])
  t.same(b.leader(), { identity: 'a', url: urlOf('a') })
  t.same([a.changes(), b.changes()], [1, 1])
  t.same(api.arrived.slice(0, 2).map(({ method }) => method), ['GET', 'POST'])
  t.match(api.lease(), {
    metadata: { namespace: 'versprei-system', name: 'versprei', annotations: { [peerUrlKey]: urlOf('a') } },
    spec: {
      holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0,
      acquireTime: '2026-01-01T00:00:00.000000Z', renewTime: '2026-01-01T00:00:04.000000Z',
    },
  })
})

void t.test('the leader renews every 2 s with one request, a follower looks every 2 to 4.4 s', async t => {
  const { world, api } = await leading()
  api.arrived.length = 0
  await world.advance(60_000)
  const by = (who: string) => api.arrived.filter(one => one.by === who).map(({ method }) => method)
  t.same(by('a'), Array(30).fill('PUT'))
  t.ok(by('b').every(method => method === 'GET'))
  t.ok(by('b').length === 18 || by('b').length === 19, String(by('b').length))
})

void t.test('a leader that is gone is followed after 15 s without a change, whatever the times in the Lease say', async t => {
  for (const [name, hours] of [['the present', 0], ['the past', -5], ['the future', 5]] as const) {
    const { world, api, a, b } = meet()
    a.machine.jump({ wall: hours * 3_600_000 })
    a.start()
    await world.advance(0)
    a.machine.freeze()
    b.start()
    await world.advance(14_999)
    t.same(view(b), [false, 'a'], `${name}: 15 s have not passed`)
    await world.advance(5_000)
    t.same(view(b), [true, 'b'], name)
    t.match(api.lease()?.spec, { holderIdentity: 'b', leaseTransitions: 1 }, name)
  }
})

void t.test('every renewal starts the 15 s again', async t => {
  const { world, api, a, b } = await leading()
  a.machine.freeze()
  for (const second of [1, 2, 3]) {
    await world.advance(12_000)
    api.edit(lease => ({ ...lease, spec: { ...lease.spec, renewTime: `2000-01-01T00:00:0${second}.000000Z` } }))
  }
  await world.advance(14_000)
  t.same(view(b), [false, 'a'])
  await world.advance(6_000)
  t.same(view(b), [true, 'b'])
})

void t.test('labels that someone keeps changing do not keep a dead leader', async t => {
  const { world, api, a, b } = await leading()
  a.machine.freeze()
  for (let second = 0; second < 20; second++) {
    api.edit(lease => ({ ...lease, metadata: { ...lease.metadata, labels: { second: String(second) } } }))
    await world.advance(1_000)
  }
  t.same(view(b), [true, 'b'])
})

void t.test('a leader steps down at its next turn when the Lease names another, and says so once', async t => {
  const { world, api, a } = await leading()
  api.edit(lease => ({ ...lease, spec: { ...lease.spec, holderIdentity: 'c' } }))
  await world.advance(9_000)
  t.same(view(a), [false, 'c'])
  t.same(a.logged, ['info: leads', 'warn: no longer leads: another holds the Lease'])
})

void t.test('one that does not know everything never acquires; once it does, it does', async t => {
  const { world, api, a } = meet()
  a.mayLead = false
  a.start()
  await world.advance(60_000)
  t.same([view(a), api.lease(), a.changes()], [[false, undefined], undefined, 0])
  t.equal(await a.takeFrom('x'), false)
  a.mayLead = true
  await world.advance(5_000)
  t.same(view(a), [true, 'a'])
})

void t.test('a leader that does not know everything any more still renews, but does not come back', async t => {
  const { world, a } = await leading()
  a.mayLead = false
  await world.advance(20_000)
  t.same(view(a), [true, 'a'])
  a.machine.jump({ monotonic: 11_000 })
  await world.advance(5_000)
  t.same(view(a), [false, undefined])
})

void t.test('an address in the Lease that is none is not followed', async t => {
  for (const [url, want] of [['http://a.test:1', undefined], ['https://[fd00::7]:8444', 'https://[fd00::7]:8444']] as const) {
    const { world, api, a, b } = meet()
    a.start()
    await world.advance(0)
    a.machine.freeze()
    api.edit(lease => ({ ...lease, metadata: { ...lease.metadata, annotations: { [peerUrlKey]: url } } }))
    b.start()
    await world.advance(0)
    t.same(b.leader(), { identity: 'a', url: want })
  }
})

void t.test('looks that meet share one request', async t => {
  const { world, api, b } = await leading()
  api.arrived.length = 0
  b.fated(() => ({ there: 100, back: 100 }))
  const looks = [b.look(), b.look(), b.look()]
  await world.advance(1_900)
  await Promise.all(looks)
  t.equal(api.arrived.filter(({ by }) => by === 'b').length, 1)
})

void t.test('nothing is asked before the start, nor after the end', async t => {
  const { world, api, a } = meet()
  await world.advance(60_000)
  t.same(api.arrived, [])
  await a.stop()
  a.start()
  await a.look()
  await world.advance(60_000)
  await settle()
  t.same([api.arrived, await a.takeFrom('b')], [[], false])
})
