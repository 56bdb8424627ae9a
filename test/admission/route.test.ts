import t from 'tap'
import { createRoute, type RouteOptions } from '../../src/admission/route.ts'
import { createOwnRace } from '../../src/placement/seats/own-race.ts'
import { ask, grow, know, ownedBy, pod } from '../placement/known.ts'

const leader = { identity: 'a', url: 'https://a:1' }

function routing(options: Partial<RouteOptions> = {}) {
  const knowledge = know()
  const seen: string[] = []
  const state = { isLeading: false, settling: undefined as Promise<void> | undefined }
  const route = createRoute({
    knowledge, ownRace: createOwnRace(), now: () => 0,
    lead: { isLeading: () => state.isLeading, other: () => leader, settling: () => state.settling },
    forward: async text => { seen.push(`forwarded ${text}`); return undefined },
    onOwnRace: () => seen.push('alone'),
    onDecision: (_request, decision) => seen.push(decision.kind === 'place' ? `placed ${decision.seat}` : decision.reason),
    ...options,
  })
  const here = async (object: unknown = pod(), fields = {}) => {
    const decision = await route.here(ask(object, fields), 'the text')
    return decision.kind === 'place' ? decision.seat : decision.kind === 'skip' ? decision.reason : decision.answer
  }
  return { knowledge, seen, state, route, here }
}

void t.test('the one that leads decides at once', async t => {
  const { state, route, seen } = routing()
  state.isLeading = true
  const decision = route.here(ask(pod()), 'the text')
  t.notOk('then' in decision, 'without a wait')
  t.strictSame(seen, ['placed 0'])
})

void t.test('another has the leader decide, and passes its answer on', async t => {
  const { here, seen } = routing({ forward: async text => `answer to ${text}` })
  t.equal(await here(), 'answer to the text')
  t.strictSame(seen, [])
})

void t.test('what needs no seat, or has one from its controller, is decided where it came', async t => {
  const { here, seen } = routing()
  t.equal(await here({ spec: {} }), 'no-controller')
  t.equal(await here(pod({}, { ownerReferences: ownedBy('apps/v1', 'Deployment', 'other') })), 'no-distributor')
  const { knowledge, here: there } = routing()
  knowledge.distributors.apply({ ...[...knowledge.distributors.all()][0]!, name: 'db', target: { group: 'apps', kind: 'StatefulSet', name: 'db' } })
  const labels = { 'apps.kubernetes.io/pod-index': '4' }
  t.equal(await there(pod({}, { labels, ownerReferences: ownedBy('apps/v1', 'StatefulSet', 'db') })), 4)
  t.strictSame(seen, [])
})

void t.test('without the leader\'s answer it runs a race of its own, from seat 0', async t => {
  const { knowledge, here, seen } = routing()
  grow(knowledge, 5)
  t.strictSame([await here(pod(), { uid: 'x' }), await here(pod(), { uid: 'y' })], [0, 1])
  t.strictSame(seen, ['forwarded the text', 'alone', 'forwarded the text', 'alone'])
  t.equal(knowledge.revisions.size().reservations, 0)
})

void t.test('while the lead passes on it waits, and then decides or asks as it turned out', async t => {
  for (const isLeading of [true, false]) {
    const { state, here, seen } = routing({ forward: async () => 'from the next leader' })
    const { promise, resolve } = Promise.withResolvers<void>()
    state.settling = promise
    const answer = here()
    t.strictSame(seen, [])
    state.settling = undefined
    state.isLeading = isLeading
    resolve()
    t.equal(await answer, isLeading ? 0 : 'from the next leader')
  }
})

void t.test('one that came to lead while it asked decides', async t => {
  const { state, here, seen } = routing({ forward: async () => { state.isLeading = true; return undefined } })
  t.equal(await here(), 0)
  t.strictSame(seen, ['placed 0'])
})

void t.test('a forwarded review is decided by the leader, and never forwarded again', async t => {
  const { state, route, seen } = routing()
  t.strictSame(route.forPeer(ask(pod())), { leader })
  t.strictSame(seen, [])
  state.isLeading = true
  t.match(route.forPeer(ask(pod())), { kind: 'place', seat: 0 })
  t.match(route.forPeer(ask({ spec: {} })), { kind: 'skip', reason: 'no-controller' })
  const { promise, resolve } = Promise.withResolvers<void>()
  state.settling = promise
  const later = route.forPeer(ask(pod(), { uid: 'later' }))
  state.isLeading = false
  resolve()
  t.strictSame(await later, { leader }, 'it waits for who leads')
})
