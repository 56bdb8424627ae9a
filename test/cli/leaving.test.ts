import t from 'tap'
import { createLeaving } from '../../src/cli/leaving.ts'
import type { Prospect } from '../../src/controllers/followers.ts'

/** A replica that ends, second by second: each wait passes at once. From `takesAt` on a follower takes the lead, and `says` so. */
const start = (given: { readonly leads?: boolean, readonly prospect?: Prospect, readonly takesAt?: number, readonly withdraws?: boolean, readonly says?: boolean } = {}) => {
  const { prospect = 'nobody', takesAt = Infinity, withdraws = true, says = true } = given
  const state = { now: 0, leads: given.leads ?? true, withdrawnAt: [] as number[] }
  const waits: (() => void)[] = []
  const leaving = createLeaving({
    lead: () => ({
      mayWrite: () => state.leads,
      prospect: () => prospect,
      handOver: async () => {
        if (state.now < takesAt) return false
        state.leads = false
        return says
      },
    }),
    unregister: async () => {
      state.withdrawnAt.push(state.now)
      return withdraws
    },
    patience: 3000, elapsed: () => state.now,
    wait: (milliseconds, signal) => new Promise(resolve => {
      if (milliseconds === 0) return resolve()
      const over = () => {
        if (signal?.aborted !== true) state.now += milliseconds
        resolve()
      }
      signal?.addEventListener('abort', () => resolve())
      waits.push(over)
    }),
  })
  const turn = () => new Promise(resolve => { setImmediate(resolve) })
  /** Lets so many waits pass. */
  const pass = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      await turn()
      waits.shift()?.()
    }
    await turn()
  }
  return { leaving, state, pass }
}

void t.test('the last replica takes its entry back at once, and is needed until every API server has noticed', async t => {
  const { leaving, state, pass } = start()
  t.notOk(leaving.isNeeded(), 'nobody has asked it to end')
  leaving.begin()
  t.ok(leaving.isNeeded())
  await pass(1)
  t.same(state.withdrawnAt, [0])
  t.ok(leaving.isNeeded(), 'half a second later')
  await pass(1)
  t.notOk(leaving.isNeeded(), 'a second later')
  const finished = leaving.finish()
  await finished
  t.same(state.withdrawnAt, [0], 'once')
})

void t.test('one that is to end at once answers for a second more', async t => {
  const { leaving, state, pass } = start()
  leaving.begin()
  let isFinished = false
  const finished = leaving.finish().finally(() => { isFinished = true })
  await pass(1)
  await pass(2)
  await finished
  t.ok(isFinished)
  t.ok(state.now >= 1000, `${state.now} ms`)
})

void t.test('who hands over keeps the entry, and is not needed any more', async t => {
  const { leaving, state, pass } = start({ prospect: 'maybe', takesAt: 1000 })
  leaving.begin()
  await pass(1)
  t.ok(leaving.isNeeded(), 'a follower is about to be ready')
  await pass(1)
  await leaving.finish()
  t.notOk(leaving.isNeeded())
  t.same(state.withdrawnAt, [])
})

void t.test('a follower that does not get ready is waited for a little, and the lead offered still', async t => {
  const { leaving, state, pass } = start({ prospect: 'maybe', takesAt: 4000 })
  leaving.begin()
  await pass(6)
  t.same(state.withdrawnAt, [3000])
  await pass(2)
  await leaving.finish()
  t.notOk(state.leads, 'it has the lead')
  t.same(state.withdrawnAt, [3000])
})

void t.test('where a follower is ready the entry stays, however long it takes to pass the Lease on', async t => {
  const { leaving, state, pass } = start({ prospect: 'ready' })
  leaving.begin()
  await pass(20)
  t.ok(leaving.isNeeded(), 'after ten seconds')
  await leaving.finish()
  t.same([state.leads, state.withdrawnAt], [true, []], 'it leads when the Lease is released')
})

void t.test('who does not lead leaves the entry to who does', async t => {
  const { leaving, state } = start({ leads: false })
  leaving.begin()
  t.notOk(leaving.isNeeded())
  await leaving.finish()
  t.same(state.withdrawnAt, [])
})

void t.test('one that cannot take it back ends all the same, without waiting', async t => {
  const { leaving, state, pass } = start({ withdraws: false })
  leaving.begin()
  await pass(0)
  t.notOk(leaving.isNeeded())
  await leaving.finish()
  t.equal(state.now, 0)
})

void t.test('another that has the Lease, and whose word for it came too late, keeps the entry', async t => {
  const { leaving, state, pass } = start({ prospect: 'ready', takesAt: 0, says: false })
  leaving.begin()
  await pass(1)
  t.notOk(leaving.isNeeded())
  await leaving.finish()
  t.same(state.withdrawnAt, [])
})
