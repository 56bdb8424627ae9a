import { createServer } from 'node:http'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { connect } from '../../src/cluster/connection.ts'
import { keepRegistered, type RegistrationOptions } from '../../src/controllers/registration.ts'
import { webhookEntry } from '../../src/controllers/webhook-entry.ts'

const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'
const reach = { url: 'https://192.0.2.1:8443/mutate' }
const entry = (authority = 'A') => webhookEntry(reach, authority, 'versprei-system')
const other = { name: 'other.example.com', clientConfig: { url: 'https://other.example.com/' } }

interface Asked { readonly what: string, readonly type: string | undefined, readonly body: unknown }

/** A loopback API server with one MutatingWebhookConfiguration, or without: `webhooks` undefined. It merges entries by name. */
const start = async (t: Test, options: Partial<RegistrationOptions> = {}) => {
  const state = { webhooks: [] as { name: string }[] | undefined, gate: undefined as Promise<void> | undefined, authority: 'A', isLeading: true, isReached: true, mended: 0 }
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString()
    const type = request.headers['content-type']
    asked.push({ what: `${request.method} ${request.url}`, type, body: text === '' ? undefined : JSON.parse(text) })
    await state.gate
    response.setHeader('content-type', 'application/json')
    if (state.webhooks === undefined) {
      response.statusCode = 404
      response.end(JSON.stringify({ kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' }))
      return
    }
    if (request.method === 'PATCH') {
      const applied: { webhooks: { name: string }[] } = JSON.parse(text)
      const names = new Set(applied.webhooks.map(({ name }) => name))
      state.webhooks = [...state.webhooks.filter(({ name }) => !names.has(name)), ...applied.webhooks]
    }
    response.end(JSON.stringify({ kind: 'MutatingWebhookConfiguration', metadata: { name: 'versprei', resourceVersion: '7' }, webhooks: state.webhooks }))
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const folder = t.testdir({ token: 'secret', 'ca.crt': '', namespace: 'x' })
  const connection = await connect({ inCluster: { server: `http://127.0.0.1:${port}`, folder } })
  t.teardown(async () => {
    await connection.close()
    server.closeAllConnections()
    await new Promise(resolve => { server.close(resolve) })
  })
  const logged: string[] = []
  const timer: { task: (() => void) | undefined, milliseconds: number } = { task: undefined, milliseconds: 0 }
  const registration = keepRegistered({
    connection, reach, ownNamespace: 'versprei-system', authority: () => state.authority,
    isLeading: () => state.isLeading, isReached: () => state.isReached, now: () => new Date('2026-07-01'), onMended: () => { state.mended += 1 },
    log: pino({ base: null, timestamp: false }, { write: (line: string) => { logged.push(JSON.parse(line).msg) } }),
    repeat: (task, milliseconds) => {
      Object.assign(timer, { task, milliseconds })
      return () => Object.assign(timer, { task: undefined })
    },
    ...options,
  })
  /** Looks once; what was asked for, and what was said, by that. */
  const look = async () => {
    asked.length = 0
    logged.length = 0
    await registration.check()
    return { asked: asked.map(({ what }) => what.split('?')[0]?.replace(path, 'it')), logged: [...logged] }
  }
  return { state, asked, look, registration, timer }
}

const nothing = { asked: ['GET it'], logged: [] }
const mended = { asked: ['GET it', 'PATCH it'], logged: ['registered with the API server'] }

void t.test('applies the one entry on the server side, by force, and then finds it right', async t => {
  const { asked, look, timer } = await start(t)
  t.same(await look(), mended)
  t.same(asked[1], {
    what: `PATCH ${path}?fieldManager=versprei&force=true`, type: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'versprei', resourceVersion: '7' },
      webhooks: [entry()],
    },
  })
  t.same(await look(), nothing)
  t.equal(timer.milliseconds, 10_000)
})

const drifts = [
  { name: 'the caBundle', drift: { ...entry(), clientConfig: { ...entry().clientConfig, caBundle: '' } } },
  { name: 'the failure policy', drift: { ...entry(), failurePolicy: 'Fail' } },
  { name: 'a rule', drift: { ...entry(), rules: [...entry().rules, ...entry().rules] } },
  { name: 'a condition', drift: { ...entry(), matchConditions: [] } },
  { name: 'the namespaces', drift: { ...entry(), namespaceSelector: {} } },
]
for (const { name, drift } of drifts) {
  void t.test(`mends ${name} when it is changed, and leaves entries of others alone`, async t => {
    const { state, look } = await start(t)
    state.webhooks = [other, drift]
    t.same(await look(), mended)
    t.same(state.webhooks, [other, entry()])
    await look()
    t.equal(state.mended, 1, 'calls may have been missed until then, and are not now')
  })
}

void t.test('leaves fields that the API server or someone else added', async t => {
  const { state, look } = await start(t)
  state.webhooks = [Object.assign(entry(), { added: true })]
  t.same(await look(), nothing)
})

void t.test('leaves a condition that someone else added, and puts back one of ours', async t => {
  const { state, look } = await start(t)
  const whole = entry()
  const foreign = { name: 'not-at-night', expression: 'true' }
  state.webhooks = [Object.assign(entry(), { matchConditions: [foreign, ...whole.matchConditions] })]
  t.same(await look(), nothing)
  state.webhooks = [Object.assign(entry(), { matchConditions: [foreign] })]
  t.same((await look()).asked, mended.asked)
})

void t.test('once it is stopped nothing is written, not even by a look that is under way', async t => {
  const { state, registration } = await start(t)
  state.webhooks = []
  const gate = Promise.withResolvers<void>()
  state.gate = gate.promise
  const looking = registration.check()
  void registration.stop()
  gate.resolve()
  await looking
  await registration.check()
  t.same(state.webhooks, [])
})

void t.test('says once that the configuration is missing, never makes it, and registers when it is there', async t => {
  const { state, look } = await start(t)
  state.webhooks = undefined
  t.same(await look(), {
    asked: ['GET it'],
    logged: [
      'not registered with the API server: there is no MutatingWebhookConfiguration versprei (what installed Versprei makes it: the chart, or config); trying again',
    ],
  })
  t.same(await look(), nothing)
  state.webhooks = []
  t.same(await look(), mended)
  state.webhooks = undefined
  t.equal((await look()).logged.length, 1, 'missing again is said again')
})

void t.test('a new authority is written, though a look is under way that read the old one', async t => {
  const { state, registration } = await start(t)
  const gate = Promise.withResolvers<void>()
  state.gate = gate.promise
  const early = registration.check()
  state.authority = 'B'
  const late = registration.check()
  gate.resolve()
  await late
  t.same(state.webhooks, [entry('B')])
  await early
})

void t.test('ticks do not pile up behind a slow look, and after stop there is neither look nor timer', async t => {
  const { state, asked, look, registration, timer } = await start(t)
  await look()
  asked.length = 0
  const gate = Promise.withResolvers<void>()
  state.gate = gate.promise
  const { task } = timer
  for (let tick = 0; tick < 5; tick++) task?.()
  const last = registration.check()
  gate.resolve()
  await last
  t.equal(asked.length, 2)
  void registration.stop()
  await registration.check()
  t.same({ asked: asked.length, task: timer.task }, { asked: 2, task: undefined })
})

void t.test('without an authority of its own it leaves the caBundle to who injects it', async t => {
  const { state, look } = await start(t, { authority: () => undefined })
  t.same(await look(), mended)
  t.same(state.webhooks, [webhookEntry(reach, undefined, 'versprei-system')])
  state.webhooks = [Object.assign(entry(), { clientConfig: { ...reach, caBundle: 'injected' } })]
  t.same(await look(), nothing)
})

void t.test('a replica that does not lead writes only that what it serves is trusted, and nothing where there is no entry', async t => {
  const { state, look } = await start(t)
  state.isLeading = false
  t.same(await look(), nothing, 'no entry')
  state.isLeading = true
  t.same(await look(), mended)
  state.isLeading = false
  const late = { ...entry(), timeoutSeconds: 1 }
  state.webhooks = [late]
  t.same(await look(), nothing, 'the rest is for the leader to mend')
  state.authority = 'B'
  t.same(await look(), mended)
  t.same(state.webhooks, [entry('B')])
})

void t.test('a change is answered at once, three times between two looks: whoever writes on against it is waited for', async t => {
  const { state, asked, registration, timer } = await start(t)
  const drift = { ...entry(), clientConfig: { ...entry().clientConfig, caBundle: '' } }
  /** How often it looks after a change, where one more look is asked for: that one waits its turn, and is told when all before it are done. */
  const looksAfter = async (change: () => void) => {
    state.webhooks = [drift]
    asked.length = 0
    change()
    await registration.check()
    return asked.filter(({ what }) => what.startsWith('GET')).length
  }
  const looks: number[] = []
  for (let change = 0; change < 5; change += 1) looks.push(await looksAfter(registration.noteChange))
  t.same(looks, [2, 2, 2, 1, 1])
  t.same(await looksAfter(() => timer.task?.()), 2, 'the look by the clock')
  t.same(await looksAfter(registration.noteChange), 2, 'and changes are answered again')
  t.same(state.webhooks, [entry()])
})

void t.test('what the API server goes by is told after each look and each write', async t => {
  const seen: object[] = []
  const { state, look } = await start(t, { onSeen: one => seen.push(one) })
  await look()
  t.same(seen, [{ isCalled: false, trusted: undefined }, { isCalled: true, trusted: [] }])
  Object.assign(state, { webhooks: undefined })
  await look()
  t.same(seen[2], { isCalled: false, trusted: undefined }, 'a configuration that is deleted')
})

void t.test('until calls would arrive there is no entry; one that is there is kept', async t => {
  const { state, look } = await start(t)
  state.isReached = false
  t.same(await look(), nothing)
  state.isReached = true
  t.same(await look(), mended)
  Object.assign(state, { isReached: false, webhooks: [{ ...entry(), timeoutSeconds: 1 }] })
  t.same(await look(), mended)
})

void t.test('the namespaces that are selected are in the entry, and leave it when they are selected no more', async t => {
  const selected = [{ key: 'team', operator: 'In', values: ['web'] }]
  const { state, look } = await start(t, { selected })
  t.same(await look(), mended)
  t.same(state.webhooks, [webhookEntry(reach, 'A', 'versprei-system', selected)])
  const { state: later, look: lookLater } = await start(t)
  Object.assign(later, { webhooks: state.webhooks })
  t.same(await lookLater(), mended)
  t.same(later.webhooks, [entry()])
})
