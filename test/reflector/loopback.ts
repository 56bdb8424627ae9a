import { createServer, type ServerResponse } from 'node:http'
import { pino } from 'pino'
import type { Test } from 'tap'
import { connect } from '../../src/cluster/connection.ts'
import { parseKey } from '../../src/cluster/object-key.ts'
import { createReflector, type ReflectorOptions } from '../../src/cluster/reflector.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'

/** How the loopback API server answers one request. */
export type Answer = (response: ServerResponse) => void

export interface Item { readonly name: string, readonly uid: string }

export const object = (name: string, resourceVersion: string | number, uid = `uid-${name}`) =>
  ({ metadata: { name, namespace: 'shop', uid, resourceVersion: String(resourceVersion) } })

export const page = (names: readonly string[], resourceVersion: string | number, token?: string): Answer => response => {
  const metadata = { resourceVersion: String(resourceVersion), ...(token !== undefined && { continue: token }) }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ kind: 'List', metadata, items: names.map(name => object(name, 1)) }))
}

export const refuse = (code: number, reason: string, headers: Record<string, string> = {}): Answer => response => {
  response.writeHead(code, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message: `no: ${reason}` }))
}

export const event = (type: string, body: unknown): string => `${JSON.stringify({ type, object: body })}\n`
export const added = (name: string, resourceVersion: number, uid?: string) => event('ADDED', object(name, resourceVersion, uid))
export const bookmark = (resourceVersion: number) =>
  event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: String(resourceVersion) } })
export const failure = (code: number, reason: string) =>
  event('ERROR', { kind: 'Status', status: 'Failure', code, reason, message: `no: ${reason}` })

/** A watch that sends these and goes on in silence. */
export const open = (...parts: (string | Buffer)[]): Answer => response => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  for (const part of parts) response.write(part)
}
/** A watch that sends these and ends as it should. */
export const ended = (...parts: string[]): Answer => response => { response.end(parts.join('')) }
/** A watch that sends these and is reset. */
export const reset = (...parts: string[]): Answer => response => {
  open(...parts)(response)
  setImmediate(() => response.socket?.resetAndDestroy())
}
export const hang: Answer = () => {}

export interface Script { readonly lists?: readonly Answer[], readonly watches?: readonly Answer[] }

export interface Rig {
  readonly clock: FakeClock
  /** What the API server was asked, one line a request. */
  readonly asked: string[]
  readonly accepted: string[]
  /** What the consumer was told, one line a call. */
  readonly told: string[]
  readonly logged: string[]
  readonly reflector: ReturnType<typeof createReflector<Item>>
  readonly fail: { replace: boolean, apply: boolean, parse: boolean }
}

const describe = (query: URLSearchParams) => query.has('watch')
  ? `watch ${query.get('resourceVersion') ?? '-'}`
  : ['list', query.get('resourceVersion') ?? '', query.get('continue') ?? ''].join(' ').trim()

const parse = (raw: unknown): Item | undefined => {
  const key = parseKey(raw)?.key
  return key === undefined || key.name.startsWith('dull') ? undefined : { name: key.name, uid: key.uid }
}

/** A reflector against a loopback API server that follows a script; after its end, lists are empty at 999 and watches stay silent. */
export const createRig = async (t: Test, script: Script, options: Partial<ReflectorOptions<Item>> = {}): Promise<Rig> => {
  const lists = [...script.lists ?? [page(['a'], 10)]]
  const watches = [...script.watches ?? []]
  const asked: string[] = []
  const accepted: string[] = []
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://loopback')
    asked.push(describe(searchParams))
    accepted.push(`${request.headers.accept} ${searchParams.toString()}`)
    const answer = searchParams.has('watch') ? watches.shift() ?? open() : lists.shift() ?? page([], 999)
    answer(response)
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const folder = t.testdir({ token: 'secret', 'ca.crt': '', namespace: 'shop' })
  const connection = await connect({ inCluster: { server: `http://127.0.0.1:${port}`, folder } })
  const clock = createFakeClock()
  const told: string[] = []
  const logged: string[] = []
  const fail = { replace: false, apply: false, parse: false }
  const check = (flag: keyof typeof fail) => { if (fail[flag]) throw new Error(`${flag} threw`) }
  const reflector = createReflector<Item>({
    connection, path: '/api/v1/pods', clock, random: () => 0,
    log: pino({ base: null, timestamp: false }, { write: (line: string) => { logged.push(line) } }),
    parse: raw => { check('parse'); return parse(raw) },
    consumer: {
      replace: items => { told.push(`replace ${items.map(({ name, uid }) => `${name}/${uid}`).join(' ')}`.trim()); check('replace') },
      apply: ({ name, uid }) => { told.push(`apply ${name}/${uid}`); check('apply') },
      remove: ({ name, uid }) => { told.push(`remove ${name}/${uid}`) }
    },
    ...options
  })
  t.teardown(async () => {
    await reflector.stop()
    await connection.close()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return { clock, asked, accepted, told, logged, reflector, fail }
}
