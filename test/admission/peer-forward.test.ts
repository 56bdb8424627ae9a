import t, { type Test } from 'tap'
import { createBreaker } from '../../src/admission/breaker.ts'
import { createForward, forwardLimit, forwardResults, type ForwardOptions, type ForwardResult } from '../../src/admission/forward.ts'
import { PeerError } from '../../src/admission/peer-error.ts'
import type { Leader, NotLeader, Peer } from '../../src/admission/peer.ts'
import { answerTo, createClient, serve, serveRaw } from './peering.ts'
import { review } from './serving.ts'

interface Forwarding {
  readonly forward: (review: string) => Promise<string | undefined>
  readonly results: ForwardResult[]
  readonly seconds: number[]
  readonly told: Peer[]
  readonly state: { leader: Leader | undefined, now: number, lost: number }
}

const start = (leader: Leader | string | undefined, options: Partial<ForwardOptions> & Pick<ForwardOptions, 'client'>): Forwarding => {
  const results: ForwardResult[] = []
  const seconds: number[] = []
  const told: Peer[] = []
  const state = { leader: typeof leader === 'string' ? { identity: 'l', url: leader } : leader, now: 0, lost: 0 }
  const forward = createForward({
    leader: () => state.leader, breaker: answeredAt => createBreaker(() => state.now, answeredAt), elapsed: () => state.now,
    onResult: (result, time) => { results.push(result); seconds.push(time) }, told: peer => { told.push(peer) }, lost: () => { state.lost += 1 }, ...options,
  })
  return { forward, results, seconds, told, state }
}

/** A client that answers from a list, address by address. */
const scripted = (answers: Readonly<Record<string, readonly (() => { readonly status: number, readonly text: string })[]>>) => {
  const sent: string[] = []
  const limits: number[] = []
  const count = new Map<string, number>()
  const send: ForwardOptions['client']['send'] = async (url, _path, _body, timeoutMs) => {
    sent.push(url)
    limits.push(timeoutMs)
    const list = answers[url] ?? []
    const index = count.get(url) ?? 0
    count.set(url, index + 1)
    const answer = list[Math.min(index, list.length - 1)]
    if (answer === undefined) throw new Error(`nothing for ${url}`)
    return answer()
  }
  return { client: { send }, sent, limits }
}
const ok = (uid = 'u-1') => () => ({ status: 200, text: answerTo(uid) })
const away = (leader?: object) => () => ({ status: 421, text: JSON.stringify({ leader }) })
const broken = (failure: 'timeout' | 'refused' | 'failed') => () => { throw new PeerError(failure, 'x') }
const text = review('u-1')
const [a, b] = ['https://a:1', 'https://b:1']
const named = { identity: 'b', url: b }

void t.test('every result is listed once', async t => t.equal(new Set(forwardResults).size, forwardResults.length))

/** A busy machine may need longer than a leader may take; how long that is, is tested below. */
const patient = (t: Test): ForwardOptions['client'] => {
  const client = createClient(t)
  return { send: (url, path, body) => client.send(url, path, body, 20_000) }
}

const notLeaders = (leader: NotLeader['leader']) => ({ review: () => ({ leader }) })

for (const host of ['127.0.0.1', '::1']) {
  void t.test(`the leader decides, over ${host}`, async t => {
    const { url } = await serve(t, {}, host)
    const { forward, results } = start(url, { client: patient(t) })
    t.equal(await forward(text), answerTo('u-1'))
    t.strictSame(results, ['answered'])
  })
}

void t.test('a replica that does not lead names the leader, who decides', async t => {
  const { url: leader } = await serve(t)
  const { url: other } = await serve(t, notLeaders({ identity: 'l', url: leader }))
  const { forward, results, told } = start(other, { client: patient(t) })
  t.equal(await forward(text), answerTo('u-1'))
  t.strictSame(results, ['redirected'])
  t.strictSame(told, [{ identity: 'l', url: leader }])
})

void t.test('two that take each other for the leader are asked once each', async t => {
  const calls: string[] = []
  const names = new Map<string, string>()
  const replica = async (t: Test, name: string, other: string) => {
    const { url } = await serve(t, { review: () => { calls.push(name); return { leader: { identity: other, url: names.get(other) } } } })
    names.set(name, url)
    return url
  }
  const first = await replica(t, 'a', 'b')
  await replica(t, 'b', 'a')
  const { forward, results } = start(first, { client: patient(t) })
  t.equal(await forward(text), undefined)
  t.strictSame(calls, ['a', 'b'])
  t.strictSame(results, ['not-leader'])
})

void t.test('a leader that never answers costs one wait, and then nothing', async t => {
  let reviews = 0
  const url = await serveRaw(t, socket => { socket.on('data', () => { reviews += 1 }) })
  const { forward, results, seconds } = start(url, { client: createClient(t), elapsed: () => performance.now() })
  t.equal(await forward(text), undefined)
  t.equal(await forward(text), undefined)
  t.strictSame(results, ['timeout', 'breaker-open'])
  t.ok((seconds[0] ?? 0) > 0.14 && (seconds[0] ?? 9) < 5, `${seconds[0]} s`)
  t.ok((seconds[1] ?? 9) < 0.14, `${seconds[1]} s`)
  t.ok(reviews <= 1)
})

const outcomes: readonly {
  readonly name: string, readonly leader?: Leader, readonly answers: Parameters<typeof scripted>[0]
  readonly want: { readonly answer: string | undefined, readonly results: readonly ForwardResult[], readonly sent: readonly string[], readonly told?: readonly Peer[] }
}[] = [
  { name: 'a leader without an address', leader: { identity: 'a', url: undefined }, answers: {}, want: { answer: undefined, results: ['no-leader'], sent: [] } },
  { name: 'refused', answers: { [a]: [broken('refused')] }, want: { answer: undefined, results: ['refused'], sent: [a] } },
  { name: 'cut', answers: { [a]: [broken('failed')] }, want: { answer: undefined, results: ['failed'], sent: [a] } },
  { name: '421 without a leader', answers: { [a]: [away()] }, want: { answer: undefined, results: ['not-leader'], sent: [a] } },
  { name: '421 that names itself', answers: { [a]: [away({ identity: 'a', url: a })] }, want: { answer: undefined, results: ['not-leader'], sent: [a] } },
  { name: '421 with a leader that has no address', answers: { [a]: [away({ identity: 'b' })] }, want: { answer: undefined, results: ['not-leader'], sent: [a] } },
  { name: '421 with an address of another kind', answers: { [a]: [away({ identity: 'b', url: 'http://b:1/x' })] }, want: { answer: undefined, results: ['not-leader'], sent: [a] } },
  { name: '421 with a body that is no JSON', answers: { [a]: [() => ({ status: 421, text: '<html>' })] }, want: { answer: undefined, results: ['not-leader'], sent: [a] } },
  { name: 'redirected', answers: { [a]: [away(named)], [b]: [ok()] }, want: { answer: answerTo('u-1'), results: ['redirected'], sent: [a, b], told: [named] } },
  { name: 'redirected to one that is not there', answers: { [a]: [away(named)], [b]: [broken('refused')] }, want: { answer: undefined, results: ['refused'], sent: [a, b], told: [named] } },
  { name: 'redirected twice', answers: { [a]: [away(named)], [b]: [away({ identity: 'c', url: 'https://c:1' })] }, want: { answer: undefined, results: ['not-leader'], sent: [a, b], told: [named] } },
  { name: 'an answer to another review', answers: { [a]: [ok('u-2')] }, want: { answer: undefined, results: ['failed'], sent: [a] } },
  ...[
    '', '{', 'null', '[]', '{}', answerTo(''), answerTo('u-1').slice(0, -1), answerTo('u-1').replace('AdmissionReview', 'Pod'),
    answerTo('u-1').replace('true', 'false'), answerTo('u-1').replace('"u-1"', '1'), '{"kind":"AdmissionReview"}',
  ].map(wrong => ({
    name: `an answer ${JSON.stringify(wrong)}`, answers: { [a]: [() => ({ status: 200, text: wrong })] },
    want: { answer: undefined, results: ['failed'] as const, sent: [a] },
  })),
  ...[201, 204, 400, 403, 500, 503].map(status => ({
    name: `status ${status}`, answers: { [a]: [() => ({ status, text: answerTo('u-1') })] }, want: { answer: undefined, results: ['failed'] as const, sent: [a] },
  })),
]
for (const { name, leader = { identity: 'a', url: a }, answers, want } of outcomes) {
  void t.test(`${want.results.join()}: ${name}`, async t => {
    const { client, sent } = scripted(answers)
    const { forward, results, told } = start(leader, { client })
    t.strictSame({ answer: await forward(text), results, sent, told }, { told: [], ...want })
  })
}

void t.test('no leader at all: nothing is tried', async t => {
  const { client, sent } = scripted({})
  const { forward, results } = start(undefined, { client })
  t.equal(await forward(text), undefined)
  t.strictSame({ results, sent }, { results: ['no-leader'], sent: [] })
})

void t.test('a redirection has the time that is left, and a little when a stall has eaten it', async t => {
  for (const { spent, want } of [{ spent: 40, want: [150, 110] }, { spent: 100, want: [150, 50] }, { spent: 150, want: [150, 50] }]) {
    const { client, limits } = scripted({ [a]: [() => { state.now += spent; return away(named)() }], [b]: [ok()] })
    const { forward, results, seconds, state } = start(a, { client })
    await forward(text)
    t.strictSame(limits, want)
    t.strictSame(results, ['redirected'])
    t.strictSame(seconds, [spent / 1000])
  }
  t.equal(forwardLimit, 150)
})

void t.test('after a failure nothing is sent for a second, then one probe, whose success ends it', async t => {
  const { client, sent } = scripted({ [a]: [broken('timeout'), broken('refused'), ok()] })
  const { forward, results, state } = start(a, { client })
  for (const now of [0, 999, 1000, 1999]) {
    state.now = now
    await forward(text)
  }
  state.now = 2000
  await Promise.all([forward(text), forward(text)])
  await forward(text)
  t.strictSame(results, ['timeout', 'breaker-open', 'refused', 'breaker-open', 'breaker-open', 'answered', 'answered'])
  t.equal(sent.length, 4)
})

void t.test('a leader that answers others in time is slow and not away: the next review is sent to it', async t => {
  const { client, sent } = scripted({ [a]: [ok(), broken('timeout'), ok(), broken('timeout')] })
  const { forward, results, state } = start(a, { client })
  for (const now of [0, 999, 999, 1999, 2000]) {
    state.now = now
    await forward(text)
  }
  t.strictSame(results, ['answered', 'timeout', 'answered', 'timeout', 'breaker-open'], 'it has not answered anyone for a second')
  t.equal(sent.length, 4)
})

void t.test('one that says it does not lead is asked again at once', async t => {
  const { client } = scripted({ [a]: [away(), away(), ok()] })
  const { forward, results } = start(a, { client })
  for (let call = 0; call < 3; call += 1) await forward(text)
  t.strictSame(results, ['not-leader', 'not-leader', 'answered'])
})

void t.test('a new leader is asked at once, although the old one failed; the old one too, when it leads again', async t => {
  const { client } = scripted({ [a]: [broken('refused'), ok()], [b]: [ok()] })
  const { forward, results, state } = start(a, { client })
  for (const url of [a, a, b, a]) {
    state.leader = { identity: url, url }
    await forward(text)
  }
  t.strictSame(results, ['refused', 'breaker-open', 'answered', 'answered'])
})

void t.test('one that failed when it was named is not waited for again, neither as named nor as the leader', async t => {
  const { client, sent } = scripted({ [a]: [away(named)], [b]: [broken('refused')] })
  const { forward, results, state } = start(a, { client })
  for (const url of [a, a, b]) {
    state.leader = { identity: url, url }
    await forward(text)
  }
  t.strictSame(results, ['refused', 'breaker-open', 'breaker-open'])
  t.strictSame(sent, [a, b, a])
})

void t.test('when the leader is gone, or says that it is none, who leads is looked up, twice a second at most', async t => {
  for (const [answer, want] of [[broken('refused'), 1], [away(), 1], [broken('failed'), 1], [broken('timeout'), 0], [ok(), 0]] as const) {
    const { client } = scripted({ [a]: [answer] })
    const { forward, state, results } = start(a, { client })
    await forward(text)
    await forward(text)
    t.equal(state.lost, want, String(results[0]))
    state.now = 1000
    await forward(text)
    t.equal(state.lost, 2 * want, `${results[0]}, a second later`)
  }
})

void t.test('a successor that is late with its first answer is slow as the one before it was, and asked again at once', async t => {
  const { client } = scripted({ [a]: [ok(), away(named)], [b]: [broken('timeout'), ok(), broken('timeout')] })
  const { forward, results, state } = start(a, { client })
  for (const url of [a, a, b, b]) {
    state.leader = { identity: url, url }
    await forward(text)
  }
  t.strictSame(results, ['answered', 'timeout', 'answered', 'timeout'])
  state.now = 1000
  await forward(text)
  await forward(text)
  t.strictSame(results.slice(4), ['timeout', 'breaker-open'], 'nobody has answered for a second')
})
