import fc from 'fast-check'
import t from 'tap'
import { createCandidate, type Candidate } from './candidate.ts'
import { createLeaseApi, type Fate } from './lease-api.ts'
import { createWorld } from './world.ts'

/** Reproducible, without depending on when it is asked. */
const createRandom = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
  }
}

const fateOf = (random: () => number, faults: number): Fate => {
  const there = random() ** 4 * (random() < faults ? 8_000 : 200)
  const back = random() ** 4 * (random() < faults ? 8_000 : 200)
  if (random() >= faults) return { there, back }
  const kind = random()
  if (kind < 0.3) return { there, back, lost: 'request' }
  return kind < 0.6 ? { there, back, lost: 'answer' } : { there, back, status: 500 }
}

const simulate = async (seed: number, minutes: number) => {
  const random = createRandom(seed)
  const world = createWorld()
  const api = createLeaseApi(world)
  const all = ['a', 'b', 'c'].map(identity => createCandidate(world, api, identity, { offset: Math.floor(random() * 1e9), random }))
  let [faults, terms, last] = [0, 0, '']
  let stands: { uid: string | undefined, since: number } = { uid: undefined, since: 0 }
  for (const one of all) one.fated(() => fateOf(random, faults))
  const leaders = () => all.filter(one => one.isLeader()).map(({ identity }) => identity)
  const check = () => {
    const uid = api.lease()?.metadata.uid
    if (uid !== stands.uid) stands = { uid, since: world.now() }
    const now = leaders()
    if (now.length > 1) throw new Error(`at ${world.now()} ms ${now.join(' and ')} lead`)
    if (now[0] !== undefined && now[0] !== last) terms++
    last = now[0] ?? last
  }
  const disturb = (one: Candidate) => {
    const kind = random()
    if (kind < 0.2) one.machine.freeze()
    else if (kind < 0.5) one.machine.thaw()
    else if (kind < 0.6) one.machine.jump({ wall: (random() - 0.5) * 60_000 })
    else if (kind < 0.65 && stands.uid !== undefined && world.now() - stands.since > 20_000) {
      // Not one that was only just made: who looks before and after that cannot know that there was a Lease.
      api.remove()
    } else if (kind < 0.7) api.edit(({ metadata }) => ({ metadata }))
    else if (kind < 0.8) one.mayLead = !one.mayLead
    else void one.look()
  }
  for (const one of all) one.start()
  await world.advance(10_000, check)
  for (let minute = 0; minute < minutes; minute++) {
    faults = [0.1, 0.4, 0.8][minute % 3] ?? 0
    for (let step = 0; step < 8; step++) {
      await world.advance(random() * 15_000, check)
      disturb(all[Math.floor(random() * all.length)]!)
    }
    faults = 0
    for (const one of all) {
      one.machine.thaw()
      one.mayLead = true
    }
    await world.advance(30_000, check)
    if (leaders().length !== 1) throw new Error(`at ${world.now()} ms nobody leads after 30 s without a fault`)
  }
  await Promise.all([...all.map(one => one.stop()), world.advance(5_000, check)])
  return terms
}

void t.test('never do two lead at one moment, and without faults one does within 30 s', async t => {
  let terms = 0
  await fc.assert(fc.asyncProperty(fc.integer(), async seed => { terms += await simulate(seed, 9) }), { numRuns: 15 })
  t.ok(terms > 15 * 3, `leadership changed hands: ${terms} terms`)
})
