import t from 'tap'
import { createLeaving } from '../../../src/cli/serve/leaving.ts'
import type { Withdrawal } from '../../../src/cli/serve/registering.ts'
import type { Prospect } from '../../../src/controllers/followers.ts'

interface Given {
  readonly leads?: boolean
  readonly prospect?: Prospect
  /** From when on a follower takes the lead. */
  readonly takesAt?: number
  /** Whether it says so. */
  readonly says?: boolean
  /** What comes of taking the entry back, try by try; after these: done. */
  readonly outcomes?: readonly Withdrawal[]
  readonly isAnybodyThere?: boolean
}

/** A replica that ends, half a second by half a second: a wait passes when the test lets it. */
const start = (given: Given = {}) => {
  const { takesAt = Infinity, says = true, isAnybodyThere = true } = given
  const outcomes = [...given.outcomes ?? []]
  const state = {
    now: 0, leads: given.leads ?? true, prospect: given.prospect ?? 'nobody', triedAt: [] as number[], resignedAt: [] as number[],
  }
  const waits: (() => void)[] = []
  const leaving = createLeaving({
    lead: () => ({
      mayWrite: () => state.leads,
      prospect: () => state.prospect,
      handOver: async () => {
        if (state.now < takesAt) return false
        state.leads = false
        return says
      },
      resign: async () => {
        state.resignedAt.push(state.now)
        state.leads = false
      },
      isAnybodyThere: async () => isAnybodyThere,
    }),
    unregister: async () => {
      state.triedAt.push(state.now)
      return outcomes.shift() ?? 'done'
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
  /** Ends, however long it waits for that. */
  const finish = async () => {
    const progress = { isOver: false }
    const finished = leaving.finish().finally(() => { progress.isOver = true })
    while (!progress.isOver) await pass(1)
    await finished
  }
  return { leaving, state, pass, finish }
}

void t.test('the last replica takes its entry back at once, is needed until every API server has noticed, and gives the Lease up', async t => {
  const { leaving, state, pass, finish } = start()
  t.notOk(leaving.isNeeded(), 'nobody has asked it to end')
  leaving.begin()
  t.ok(leaving.isNeeded())
  await pass(1)
  t.same(state.triedAt, [0])
  t.ok(leaving.isNeeded(), 'half a second later')
  await pass(1)
  t.notOk(leaving.isNeeded(), 'a second later')
  t.same(state.resignedAt, [1000], 'there may be a replica to which the way is cut')
  await finish()
  t.same(state.triedAt, [0], 'once')
})

void t.test('an entry that cannot be taken back is tried again, and the replica needed until it is gone', async t => {
  const { leaving, state, pass, finish } = start({ outcomes: ['failed', 'failed'] })
  leaving.begin()
  await pass(1)
  t.ok(leaving.isNeeded())
  await pass(2)
  t.same([state.triedAt, leaving.isNeeded()], [[0, 500, 1000], true])
  await pass(1)
  t.same([state.now, leaving.isNeeded()], [2000, false])
  await finish()
  t.same(state.triedAt, [0, 500, 1000])
})

void t.test('at the very end it is tried three times, and then ends all the same', async t => {
  const { leaving, state, finish } = start({ outcomes: ['failed', 'failed', 'failed', 'failed', 'failed'] })
  leaving.begin()
  await finish()
  t.same(state.triedAt, [0, 0, 500, 1000])
})

void t.test('an entry that is another\'s is nothing to wait for', async t => {
  const { leaving, state, pass, finish } = start({ outcomes: ['not-ours'] })
  leaving.begin()
  await pass(0)
  t.notOk(leaving.isNeeded())
  await finish()
  t.equal(state.now, 0)
})

void t.test('one that is to end at once answers for a second more', async t => {
  const { leaving, state, finish } = start()
  leaving.begin()
  await finish()
  t.ok(state.now >= 1000, `${state.now} ms`)
})

void t.test('who hands over keeps the entry, is not needed any more, and answers on until the next can be reached', async t => {
  const { leaving, state, pass, finish } = start({ prospect: 'maybe', takesAt: 1000 })
  leaving.begin()
  await pass(1)
  t.ok(leaving.isNeeded(), 'a follower is about to be ready')
  await pass(1)
  t.notOk(leaving.isNeeded())
  await finish()
  t.same([state.triedAt, state.now], [[], 4000], 'three seconds more')
})

void t.test('a follower that does not get ready is waited for a little, and the lead offered still', async t => {
  const { leaving, state, pass, finish } = start({ prospect: 'maybe', takesAt: 4000 })
  leaving.begin()
  await pass(6)
  t.same(state.triedAt, [3000])
  await pass(2)
  await finish()
  t.notOk(state.leads, 'it has the lead')
  t.same([state.triedAt, state.resignedAt], [[3000], []])
})

void t.test('one that was ready, and did not answer, is waited for from then on', async t => {
  const { leaving, state, pass } = start({ prospect: 'ready' })
  leaving.begin()
  await pass(10)
  state.prospect = 'maybe'
  await pass(5)
  t.same([state.now, state.triedAt], [7500, []])
  await pass(1)
  t.same(state.triedAt, [8000])
})

void t.test('where a follower is ready the entry stays, however long it takes to pass the Lease on', async t => {
  const { leaving, state, pass, finish } = start({ prospect: 'ready' })
  leaving.begin()
  await pass(20)
  t.ok(leaving.isNeeded(), 'after ten seconds')
  await finish()
  t.same([state.leads, state.triedAt], [true, []], 'it leads when the Lease is released')
})

void t.test('who does not lead leaves the entry to who does', async t => {
  const { leaving, state, finish } = start({ leads: false })
  leaving.begin()
  t.notOk(leaving.isNeeded())
  await finish()
  t.same(state.triedAt, [])
})

void t.test('who does not lead takes it back where nobody answers: the leader was killed', async t => {
  const { leaving, state, finish } = start({ leads: false, isAnybodyThere: false })
  leaving.begin()
  await finish()
  t.same([state.triedAt, state.now], [[0], 1000])
})

void t.test('another that has the Lease, and whose word for it came too late, keeps the entry', async t => {
  const { leaving, state, pass, finish } = start({ prospect: 'ready', takesAt: 0, says: false })
  leaving.begin()
  await pass(1)
  t.notOk(leaving.isNeeded())
  await finish()
  t.same(state.triedAt, [])
})
