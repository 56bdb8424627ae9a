import t from 'tap'
import { place, pod } from '../placement/known.ts'
import { createReplicas, type Replica } from './two-replicas.ts'

const leading = (replicas: readonly Replica[]) => replicas.filter(({ leadership }) => leadership.isLeading()).map(({ self }) => self.identity)

void t.test('a leader that ends passes on its Lease and then its seats, and sends the rest to the next one', async t => {
  const { all, calls } = createReplicas('a', 'b')
  const [a, b] = [all[0]!, all[1]!]
  for (const seat of [0, 1, 2]) t.equal(place(a.knowledge, pod(), { uid: `review-${seat}` }).seat, seat)
  await b.leadership.greet()
  t.match(a.leadership.followers(), [{ identity: 'b' }])
  t.equal(await a.leadership.handOver(), true)
  t.strictSame([...new Set(calls)], ['a/hello', 'b/lead', 'b/reservations'])
  t.strictSame([leading(all), a.leadership.other()?.identity], [['b'], 'b'])
  t.equal(place(b.knowledge, pod(), { uid: 'next' }).seat, 3)
})

void t.test('at no moment of it do two replicas give out seats', async t => {
  const { all } = createReplicas('a', 'b')
  const [a, b] = [all[0]!, all[1]!]
  await b.leadership.greet()
  const seen = new Set<string>()
  const done = a.leadership.handOver()
  for (let step = 0; step < 30; step += 1) {
    const giving = leading(all)
    t.ok(giving.length <= 1, giving.join())
    if (giving.length === 1) seen.add(giving[0] ?? '')
    await Promise.resolve()
  }
  await done
  t.strictSame([...seen], ['a', 'b'])
})

void t.test('hellos open connections for a burst: at first, with a new leader, and before they would be closed', async t => {
  const { all, calls, world, state } = createReplicas('a', 'b', 'c')
  const hellos = async () => {
    calls.length = 0
    await all[2]?.leadership.greet()
    return calls.length
  }
  t.strictSame([await hellos(), await hellos()], [4, 1])
  state.holder = 'b'
  t.strictSame([await hellos(), await hellos()], [4, 1])
  await world.advance(25_000)
  t.equal(await hellos(), 4)
  state.holder = 'c'
  t.notOk((await hellos(), calls.includes('c/hello')), 'nobody greets itself')
})

void t.test('the leader opens connections to its followers: it may have to forward to one of them', async t => {
  const { all, calls } = createReplicas('a', 'b')
  await all[1]?.leadership.greet()
  calls.length = 0
  await all[0]?.leadership.greet()
  t.strictSame(new Set(calls), new Set(['b/hello']))
})

void t.test('one that took the lead from another is fresh for a while, and one that led from the start never was', async t => {
  const { all, world } = createReplicas('a', 'b')
  t.equal(all[0]?.leadership.isFresh(), false)
  await all[1]?.leadership.takeLead(all[0]!.self)
  t.equal(all[1]?.leadership.isFresh(), true)
  await world.advance(5000)
  t.equal(all[1]?.leadership.isFresh(), false)
})

void t.test('the leader names the other followers, and connections to them are opened too', async t => {
  const { all, calls } = createReplicas('a', 'b', 'c')
  await all[1]?.leadership.greet()
  t.strictSame(new Set(calls), new Set(['a/hello']))
  calls.length = 0
  await all[2]?.leadership.greet()
  t.strictSame(calls, [...Array.from({ length: 4 }, () => 'a/hello'), ...Array.from({ length: 4 }, () => 'b/hello')])
  calls.length = 0
  await all[2]?.leadership.greet()
  t.strictSame(calls, ['a/hello'])
})

void t.test('it goes to one that is ready and was heard of lately, and stays where there is none', async t => {
  const { all, world, calls } = createReplicas('a', 'b', 'c')
  const [a, b, c] = [all[0]!, all[1]!, all[2]!]
  t.equal(await a.leadership.handOver(), false, 'nobody was heard of')
  b.ready = false
  await b.leadership.greet()
  t.equal(await a.leadership.handOver(), false, 'nobody is ready')
  b.ready = true
  await b.leadership.greet()
  await world.advance(8000)
  t.equal(await a.leadership.handOver(), false, 'it was heard of eight seconds ago')
  t.same(a.leadership.followers(), [])
  await c.leadership.greet()
  t.equal(await a.leadership.handOver(), true)
  t.strictSame(leading(all), ['c'])
  t.equal(await a.leadership.handOver(), false, 'it does not lead any more')
  t.strictSame(calls.filter(call => call.endsWith('lead')), ['c/lead'])
})

void t.test('what a leader knows of the next one: ready, maybe there, or nobody', async t => {
  const { all, world, state } = createReplicas('a', 'b')
  const [a, b] = [all[0]!, all[1]!]
  const prospects: string[] = []
  const note = () => { prospects.push(a.leadership.prospect()) }
  note()
  await a.leadership.greet()
  await world.advance(6999)
  note()
  await world.advance(1)
  note()
  t.same(prospects.splice(0), ['maybe', 'maybe', 'nobody'], 'not each may have said hello to one that leads for less than seven seconds')
  await b.leadership.greet()
  note()
  state.lease = false
  await a.leadership.handOver()
  note()
  t.same(prospects.splice(0), ['ready', 'ready'], 'that the Lease could not be had says nothing of the replica')
  b.ready = false
  await a.leadership.handOver()
  note()
  await b.leadership.greet()
  note()
  t.same(prospects.splice(0), ['maybe', 'maybe'], 'it does not want to lead')
  b.ready = true
  await b.leadership.greet()
  state.cut = '/lead'
  await a.leadership.handOver()
  note()
  state.cut = ''
  await b.leadership.greet()
  note()
  t.same(prospects.splice(0), ['maybe', 'ready'], 'who does not answer counts again when it says hello')
  await world.advance(7001)
  t.equal(a.leadership.prospect(), 'nobody', 'it was heard of too long ago')
})

void t.test('a follower hears whether anybody is there: the leader, or another that one named', async t => {
  const { all, state, gone, calls } = createReplicas('a', 'b', 'c')
  const b = all[1]!
  await all[2]!.leadership.greet()
  await b.leadership.greet()
  t.equal(await b.leadership.isAnybodyThere(), true)
  gone('a')
  t.equal(await b.leadership.isAnybodyThere(), true, 'c')
  gone('c')
  calls.length = 0
  t.equal(await b.leadership.isAnybodyThere(), false)
  t.same(calls, ['c/hello', 'c/hello', 'c/hello'], 'asked three times')
  state.holder = 'b'
  await b.leadership.resign()
  t.equal(state.holder, '', 'the Lease is given up')
})

void t.test('whatever fails on the way, one replica leads in the end', async t => {
  const cases: readonly { name: string, cut?: string, lost?: string, lease?: boolean, want: string, seats?: number }[] = [
    { name: 'the other cannot be reached', cut: '/lead', want: 'a' },
    { name: 'the other does not get the Lease', lease: false, want: 'a' },
    { name: 'the other has the Lease, and its answer is lost', lost: '/lead', want: 'b', seats: 1 },
    { name: 'the seats do not arrive', cut: '/reservations', want: 'b', seats: 0 },
  ]
  for (const { name, cut = '', lost = '', lease = true, want, seats } of cases) {
    const { all, state, world } = createReplicas('a', 'b')
    place(all[0]!.knowledge, pod())
    await all[1]?.leadership.greet()
    Object.assign(state, { cut, lost, lease })
    t.equal(await all[0]?.leadership.handOver(), want === 'b', name)
    await world.advance(3501)
    t.strictSame(leading(all), [want], name)
    if (seats !== undefined) t.equal(all[1]!.knowledge.revisions.size().reservations, seats, name)
  }
})

void t.test('one that waits for the seats sends reviews to the one that still gives them out', async t => {
  const { all, world } = createReplicas('a', 'b')
  const [a, b] = [all[0]!, all[1]!]
  t.equal(await b.leadership.takeLead(a.self), 'taken')
  t.strictSame([b.leadership.isLeading(), b.leadership.other()?.identity, b.leadership.mayWrite()], [false, 'a', true])
  await world.advance(3501)
  t.strictSame([b.leadership.isLeading(), b.leadership.other()], [true, undefined], 'it has waited long enough')
})

void t.test('seats are taken by the one that leads, late ones too; nonsense among them is passed over', async t => {
  const { all, state } = createReplicas('a', 'b')
  const [a, b] = [all[0]!, all[1]!]
  const seat = { namespace: 'shop', owner: 'rs', admission: 'x', distributor: 'web', group: 'type-default', seat: 0, given: 0 }
  t.equal(b.leadership.takeSeats([seat]), false, 'it does not lead')
  t.equal(await b.leadership.takeLead(a.self), 'taken')
  t.equal(b.leadership.takeSeats([null, { ...seat, seat: -1 }, seat]), true)
  t.strictSame([b.leadership.isLeading(), b.knowledge.revisions.size().reservations], [true, 1])
  t.equal(b.leadership.takeSeats([{ ...seat, admission: 'y' }]), true)
  t.equal(b.knowledge.revisions.size().reservations, 2)
  b.ready = false
  state.holder = 'a'
  t.equal(await b.leadership.takeLead(a.self), 'not-ready', 'one that is not ready takes no lead')
})
