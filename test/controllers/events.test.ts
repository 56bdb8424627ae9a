import { pino } from 'pino'
import t from 'tap'
import { ClusterError } from '../../src/cluster/cluster-error.ts'
import { createEvents } from '../../src/controllers/events.ts'
import { NotLeading, type Write } from '../../src/controllers/write.ts'

const regarding = { namespace: 'shop', name: 'web', uid: 'u' }
const event = (note: string, fields: object = {}) => ({ regarding, type: 'Normal' as const, reason: 'Adopted' as const, note, ...fields })

const createRig = () => {
  const state = { now: Date.parse('2026-01-01T12:00:00.123Z'), fail: undefined as Error | undefined }
  const written: { path: string, body: Record<string, unknown> }[] = []
  const logged: string[] = []
  const write: Write = async (path, { body }) => {
    if (state.fail !== undefined) throw state.fail
    written.push({ path, body: body as Record<string, unknown> })
    return {}
  }
  const log = pino({ level: 'debug' }, { write: (line: string) => { logged.push(`${JSON.parse(line).level}`) } })
  const { emit } = createEvents({ write, now: () => state.now, instance: 'versprei-0', log })
  const notes = () => written.map(({ body }) => body['note'])
  return { state, written, logged, emit, notes }
}
const settle = () => new Promise(resolve => { setImmediate(resolve) })

void t.test('the whole event', async t => {
  const { emit, written } = createRig()
  emit(event('12 pods adopted'))
  t.strictSame(written, [{
    path: '/apis/events.k8s.io/v1/namespaces/shop/events',
    body: {
      apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { generateName: 'web-', namespace: 'shop' }, eventTime: '2026-01-01T12:00:00.123000Z',
      reportingController: 'versprei.io/versprei', reportingInstance: 'versprei-0', action: 'Report', reason: 'Adopted', type: 'Normal',
      note: '12 pods adopted',
      regarding: { apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', namespace: 'shop', name: 'web', uid: 'u' },
    },
  }])
})

void t.test('the same is said once in ten minutes; another note, reason or object is another', async t => {
  const { emit, state, written } = createRig()
  for (let time = 0; time < 3; time += 1) emit(event('a'))
  emit(event('b'))
  emit(event('a', { reason: 'Balanced' }))
  emit(event('a', { regarding: { ...regarding, uid: 'v' } }))
  t.equal(written.length, 4)
  state.now += 600_000
  emit(event('a'))
  t.equal(written.length, 5)
})

void t.test('25 at once, then five a second; what is too much is lost, not said to be said', async t => {
  const { emit, state, notes } = createRig()
  for (let index = 0; index < 100; index += 1) emit(event(`${index}`))
  t.equal(notes().length, 25)
  state.now += 1000
  for (let index = 90; index < 100; index += 1) emit(event(`${index}`))
  t.same(notes().slice(25), ['90', '91', '92', '93', '94'])
})

void t.test('what is remembered is bounded', async t => {
  const { emit, state, notes } = createRig()
  for (let index = 0; index <= 1000; index += 1) {
    state.now += 200
    emit(event(`${index}`))
  }
  state.now += 1000
  emit(event('1000'))
  t.equal(notes().length, 1001)
  emit(event('0'))
  t.equal(notes().length, 1002, 'the oldest is forgotten')
})

void t.test('a failure is logged once while it is the same, never thrown, and the event may be said again', async t => {
  const { emit, state, logged, notes } = createRig()
  state.fail = new ClusterError('no', { status: 403, reason: 'Forbidden' })
  for (const note of ['a', 'b', 'a']) {
    emit(event(note))
    await settle()
  }
  t.same(logged, ['40', '20', '20'])
  const terminating = 'unable to create new content in namespace shop because it is being terminated'
  for (const quiet of [new NotLeading(), new ClusterError(terminating, { status: 403, reason: 'Forbidden' })]) {
    state.fail = quiet
    emit(event('c'))
    await settle()
  }
  t.equal(logged.length, 3)
  state.fail = undefined
  emit(event('a'))
  await settle()
  t.same(notes(), ['a'])
})

void t.test('a note has at most 1,024 bytes, cut between two characters', async t => {
  const { emit, notes } = createRig()
  emit(event('é'.repeat(1000)))
  emit(event(`x${'é'.repeat(1000)}`))
  t.same(notes(), ['é'.repeat(512), `x${'é'.repeat(511)}`])
})
