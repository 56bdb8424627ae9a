import { createServer, type ServerResponse } from 'node:http'
import { pino } from 'pino'
import type { Test } from 'tap'
import { connect } from '../../src/cluster/connection.ts'
import type { Clock } from '../../src/cluster/clock.ts'
import { createEvents } from '../../src/controllers/events.ts'
import { createFindings } from '../../src/controllers/findings.ts'
import { createStatusController } from '../../src/controllers/status.ts'
import { createWrite } from '../../src/controllers/write.ts'
import { listDistributor } from '../../src/placement/distributor/listed.ts'
import { createKnowledge } from '../../src/placement/knowledge.ts'
import type { Node } from '../../src/placement/nodes/nodes.ts'
import type { DistributorStatus } from '../../src/placement/status/status.ts'
import { until } from '../reflector/fake-clock.ts'
import { written } from '../placement/known.ts'

export type Rig = Awaited<ReturnType<typeof createRig>>

type Json = Readonly<Record<string, unknown>>

/** A PodDistributor as the loopback API server keeps it. */
interface Stored { uid: string, version: number, spec: Json, status?: DistributorStatus, generation: number }

/** A status that was asked to be written, or an event. */
export interface Asked { readonly what: string, readonly body: Json, readonly type: string | undefined }

/** Time stands still until a test moves it. */
export function createHandClock(start = Date.parse('2026-01-01T12:00:00Z')) {
  let now = start
  const timers = new Map<object, { readonly at: number, readonly run: () => void, readonly ms: number }>()
  const clock: Clock = {
    now: () => now,
    after: (ms, run) => {
      const key = {}
      timers.set(key, { at: now + ms, run, ms })
      return () => timers.delete(key)
    },
  }
  return {
    clock,
    waiting: (ms: number) => [...timers.values()].some(timer => timer.ms === ms),
    advance: (ms: number) => {
      now += ms
      for (const [key, { at, run }] of timers) if (at <= now && timers.delete(key)) run()
    },
  }
}

function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const refuse = (response: ServerResponse, code: number, reason: string) => send(response, code, { kind: 'Status', code, reason, message: `no: ${reason}` })

/** A loopback API server with PodDistributors of the namespace `shop`, and pods; `fail` answers instead of it. */
async function openApi(t: Test) {
  const stored = new Map<string, Stored>()
  const asked: Asked[] = []
  const state: { fail: ((what: string) => readonly [number, string] | undefined), pods: readonly Json[], last: number, gate: Promise<void> | undefined } =
    { fail: () => undefined, pods: [], last: 100, gate: undefined }
  const objectOf = (name: string, { uid, version, generation, ...rest }: Stored) =>
    ({ metadata: { name, namespace: 'shop', uid, generation, resourceVersion: String(version) }, ...rest })

  const patch = (name: string, body: Json, response: ServerResponse) => {
    const one = stored.get(name)
    const { resourceVersion } = body['metadata'] as Json
    if (one === undefined) return refuse(response, 404, 'NotFound')
    if (resourceVersion !== undefined && resourceVersion !== String(one.version)) return refuse(response, 409, 'Conflict')
    Object.assign(one, { status: body['status'], version: state.last += 1 })
    return send(response, 200, objectOf(name, one))
  }
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback')
    const text = Buffer.concat(await request.toArray()).toString()
    const name = /poddistributors\/(?<name>[^/]+)/u.exec(pathname)?.groups?.['name'] ?? ''
    const short = pathname.replace(/^.*\/(?=poddistributors|events|pods)/u, '')
    if (searchParams.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.flushHeaders()
      return
    }
    const what = `${request.method} ${short}`
    if (text !== '') asked.push({ what: `${what}?${searchParams.toString()}`, body: JSON.parse(text), type: request.headers['content-type'] })
    await state.gate
    const failure = state.fail(what)
    const one = stored.get(name)
    if (failure !== undefined) refuse(response, ...failure)
    else if (request.method === 'PATCH') patch(name, JSON.parse(text), response)
    else if (request.method === 'POST') send(response, 201, {})
    else if (name !== '' && one === undefined) refuse(response, 404, 'NotFound')
    else if (one !== undefined) send(response, 200, objectOf(name, one))
    else send(response, 200, { metadata: { resourceVersion: '1' }, items: short === 'pods' ? state.pods : [...stored].map(([key, each]) => objectOf(key, each)) })
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise(resolve => { server.close(resolve) })
  })
  return { url: `http://127.0.0.1:${port}`, stored, asked, state }
}

/** A status controller against that API server, with a knowledge and a clock in the hands of the test. */
export async function createRig(t: Test) {
  const { url, stored, asked, state } = await openApi(t)
  const connection = await connect({ inCluster: { server: url, folder: t.testdir({ token: 'secret', 'ca.crt': '', namespace: 'x' }) } })
  const hand = createHandClock()
  const knowledge = createKnowledge()
  const logged: string[] = []
  const log = pino({ base: null, timestamp: false, level: 'info' }, { write: (line: string) => { logged.push(JSON.parse(line).msg) } })
  const leads = { now: true }
  const write = createWrite(connection, () => leads.now, new AbortController().signal)
  const findings = createFindings(() => hand.clock.now())
  const nodes: { all: readonly Node[], version: number } = { all: [], version: 0 }
  const events = createEvents({ write, now: () => hand.clock.now(), instance: 'test', log })
  const createController = () => createStatusController({
    connection, write, findings, events, log, clock: hand.clock, random: () => 0,
    knowledge: { ...knowledge, nodes: { all: () => nodes.all, version: () => nodes.version } },
  })
  const controller = createController()
  t.teardown(async () => {
    await controller.stop()
    await connection.close()
  })
  const put = (name: string, spec: Json = {}, { uid = `uid-${name}`, generation = 1, created = 0 } = {}) => {
    const before = stored.get(name)
    state.last += 1
    stored.set(name, { ...(before?.uid === uid ? before : {}), uid, generation, spec, version: state.last })
    const creationTimestamp = new Date(created * 1000).toISOString()
    knowledge.distributors.apply(listDistributor(written(spec, { name, uid, generation, creationTimestamp })))
  }
  const remove = (name: string) => {
    stored.delete(name)
    knowledge.distributors.remove('shop', name)
  }
  /** Waits until it waits for its next turn. */
  const idle = () => until(() => hand.waiting(1000))
  /** One turn later; the statuses that were asked to be written meanwhile. */
  const turn = async (ms = 1000) => {
    asked.length = 0
    hand.advance(ms)
    await idle()
    return asked.map(({ what }) => what.split('?')[0] ?? '').filter(what => what.startsWith('PATCH'))
  }
  /** The events of this turn, once there are so many: they are not waited for. */
  const heard = async (count: number) => {
    const posts = () => asked.filter(({ what }) => what.startsWith('POST'))
    await until(() => posts().length >= count)
    return posts().map(({ body }) => [body['type'], `${String(body['reason'])}:`, body['note']].join(' '))
  }
  let pods = 0
  /** Pods of one revision that the watch shows. */
  const show = (distributor: string, group: string, count: number, owner = `rs-${distributor}`) => {
    for (let index = 0; index < count; index += 1) {
      pods += 1
      knowledge.revisions.apply({ uid: `pod-${pods}`, namespace: 'shop', owner, distributor, group, seat: undefined, admission: `review-${pods}`, created: 0 })
    }
  }
  return { ...hand, asked, stored, state, knowledge, findings, nodes, leads, logged, log, controller, createController, put, remove, idle, turn, heard, show }
}

/** Status and reason of a condition that the API server has. */
export const conditionOf = ({ stored }: Rig, name: string, type: string): string | undefined => {
  const found = stored.get(name)?.status?.conditions.find(one => one.type === type)
  return found === undefined ? undefined : `${found.status} ${found.reason}`
}

export const patchOf = (name: string): string => `PATCH poddistributors/${name}/status`
