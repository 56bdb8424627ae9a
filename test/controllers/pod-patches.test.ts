import t from 'tap'
import { ClusterError } from '../../src/cluster/cluster-error.ts'
import { createPatchMemory } from '../../src/controllers/patch-memory.ts'
import { createPodPatches, type PodPatchesOptions } from '../../src/controllers/pod-patches.ts'
import { NotLeading, type Write } from '../../src/controllers/write.ts'
import { createFakeClock } from '../reflector/fake-clock.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const pod = (index = 0) => ({ namespace: 'shop', name: `web-${index}`, uid: `uid-${index}` })
const marks = { annotations: { 'versprei.io/seat': '3' } }

const start = (write: Write, options: Partial<PodPatchesOptions> = {}) => {
  const clock = createFakeClock()
  return { clock, patches: createPodPatches({ write, clock, log: silent, adoption: true, onPatched: () => undefined, ...options }) }
}
const refusal = (status: number | undefined, text: string) =>
  new ClusterError(text, { reason: 'x', ...status === undefined ? {} : { status } })

void t.test('a patch names the pod by its uid, and says what became of it', async t => {
  const sent: unknown[] = []
  const { patches } = start(async (path, request) => void sent.push([path, request]))
  t.equal(await patches.patch(pod(), marks), 'done')
  t.strictSame(sent, [['/api/v1/namespaces/shop/pods/web-0', {
    method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' }, body: { metadata: { uid: 'uid-0', ...marks } },
  }]])
  const table: readonly { name: string, error: unknown, want: string }[] = [
    { name: 'deleted', error: refusal(404, 'not found'), want: 'gone' },
    { name: 'another by that name', error: refusal(422, 'Pod "a" is invalid: metadata.uid: Invalid value: "x": field is immutable'), want: 'gone' },
    { name: 'no right', error: refusal(403, 'pods "a" is forbidden: User "v" cannot patch resource "pods" in API group ""'), want: 'forbidden' },
    { name: 'a policy', error: refusal(422, 'ValidatingAdmissionPolicy denied request'), want: 'refused' },
    { name: 'a webhook', error: refusal(403, 'admission webhook "x" denied the request'), want: 'refused' },
    { name: 'a conflict', error: refusal(409, 'conflict'), want: 'failed' },
    { name: 'too many', error: refusal(429, 'slow down'), want: 'failed' },
    { name: 'a fault', error: refusal(500, 'oh'), want: 'failed' },
    { name: 'no answer', error: refusal(undefined, 'reset'), want: 'failed' },
    { name: 'another leads', error: new NotLeading(), want: 'failed' },
  ]
  for (const { name, error, want } of table) t.equal(await start(() => Promise.reject(error)).patches.patch(pod(), marks), want, name)
})

void t.test('no more than fifty a second are sent, and eight are under way', async t => {
  const at: number[] = []
  let [underWay, most] = [0, 0]
  const { clock, patches } = start(async () => {
    at.push(clock.now())
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise(resolve => { setImmediate(resolve) })
    underWay -= 1
  })
  const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => patches.patch(pod(index), marks)))
  t.ok(outcomes.every(outcome => outcome === 'done'))
  const last = at.at(-1) ?? 0
  t.ok(last - (at[0] ?? 0) >= 99 * 20, `100 pods took ${last - (at[0] ?? 0)} ms`)
  t.ok(most <= 8, `${most} under way`)

  const [held, slow]: [(() => void)[], number[]] = [[], []]
  const other = start(() => new Promise<void>(resolve => { slow.push(0); held.push(resolve) }))
  const all = Array.from({ length: 20 }, (_, index) => other.patches.patch(pod(index), marks))
  while (slow.length < 8) await new Promise(resolve => { setImmediate(resolve) })
  for (let turn = 0; turn < 100; turn += 1) await new Promise(resolve => { setImmediate(resolve) })
  t.equal(slow.length, 8, 'the others wait while nothing is answered')
  while (slow.length < 20) {
    held.shift()?.()
    await new Promise(resolve => { setImmediate(resolve) })
  }
  for (const one of held) one()
  t.strictSame(new Set(await Promise.all(all)), new Set(['done']))
})

void t.test('without the right nothing more is sent for some minutes, and it is said once', async t => {
  let sent = 0
  const said: string[] = []
  const write = async () => {
    sent += 1
    throw refusal(403, 'cannot patch resource "pods"')
  }
  const { clock, patches } = start(write, { log: { ...silent, warn: (_: unknown, text?: string) => void said.push(text ?? '') } })
  t.strictSame(await Promise.all([patches.patch(pod(0), marks), patches.patch(pod(1), marks)]), ['forbidden', 'forbidden'])
  t.strictSame([sent, patches.mayPatch('shop'), patches.mayPatch('elsewhere')], [1, false, true])
  t.strictSame(said, ['pods may not be patched: strays are counted only'])
  clock.advance(300_000)
  t.ok(patches.mayPatch('shop'))
  await patches.patch(pod(), marks)
  t.equal(sent, 2, 'then it is tried again')
})

void t.test('with adoption off nothing is ever sent; after stop neither', async t => {
  const write = async () => t.fail('sent')
  const { patches } = start(write, { adoption: false })
  t.equal(patches.mayPatch('shop'), false)
  t.equal(await patches.patch(pod(), marks), 'forbidden')
  const stopped = start(write).patches
  await stopped.stop()
  t.equal(await stopped.patch(pod(), marks), 'failed')
})

void t.test('when the API server says when to come back, nothing is sent until then', async t => {
  const at: number[] = []
  const { clock, patches } = start(async () => {
    at.push(clock.now())
    if (at.length === 1) throw new ClusterError('slow down', { status: 429, reason: 'TooManyRequests', retryAfter: 3000 })
  })
  t.equal(await patches.patch(pod(), marks), 'failed')
  t.equal(await patches.patch(pod(), marks), 'done')
  t.ok((at[1] ?? 0) - (at[0] ?? 0) >= 3000)
})

void t.test('what is sent is asked when it is the pod\'s turn; where there is nothing to send, nothing is', async t => {
  const sent: unknown[] = []
  const { clock, patches } = start(async (_, { body }) => void sent.push(body))
  const asked: number[] = []
  const ask = () => {
    asked.push(clock.now())
    return marks
  }
  const began = clock.now()
  await Promise.all([patches.patch(pod(0), ask), patches.patch(pod(1), ask)])
  t.strictSame(asked.map(at => at - began >= 20), [false, true])
  t.same(sent, [{ metadata: { uid: 'uid-0', ...marks } }, { metadata: { uid: 'uid-1', ...marks } }])
  t.equal(await patches.patch(pod(2), () => 'refused'), 'refused')
  t.equal(sent.length, 2)
})

void t.test('a namespace where patches fail in a row rests, longer each time; one that succeeds ends that', async t => {
  const state = { sent: 0, fails: true }
  const { clock, patches } = start(async () => {
    state.sent += 1
    if (state.fails) throw refusal(500, 'oh')
  })
  const round = async () => {
    state.sent = 0
    await Promise.all(Array.from({ length: 100 }, (_, index) => patches.patch(pod(index), marks)))
    return state.sent
  }
  t.ok(await round() < 30, 'and not a hundred')
  t.strictSame([patches.mayPatch('shop'), patches.obstacle('shop'), patches.mayPatch('elsewhere')], [false, 'resting', true])
  t.equal(patches.vain('uid-0'), 'failed')
  t.equal(await patches.patch(pod(), marks), 'failed', 'not forbidden')
  clock.advance(60_000)
  t.ok(patches.mayPatch('shop'))
  t.ok(await round() < 30)
  clock.advance(60_000)
  state.fails = false
  t.equal(await round(), 100)
  t.strictSame([patches.vain('uid-0'), patches.obstacle('shop')], [undefined, undefined])
})

void t.test('a pod whose patch was refused is known for ten minutes, and no more than ten thousand are', async t => {
  const { clock, patches } = start(() => Promise.reject(refusal(422, 'denied')))
  await patches.patch(pod(), marks)
  clock.advance(590_000)
  t.equal(patches.vain('uid-0'), 'refused')
  clock.advance(20_000)
  t.equal(patches.vain('uid-0'), undefined)
  const memory = createPatchMemory(() => 0)
  for (let index = 0; index <= 10_000; index += 1) memory.note(pod(index), 'refused')
  t.strictSame([memory.vain('uid-0'), memory.vain('uid-1')], [undefined, 'refused'])
  t.equal(memory.obstacle('shop'), undefined, 'and is no reason to let the others wait')
})
