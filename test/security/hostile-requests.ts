import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { setTimeout as wait } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import { createPod, review } from '../admission/serving.ts'

export interface Target {
  readonly port: number
  readonly ca: string
}

/** What comes back at the very most, in the words of the table in docs/security.md. */
export interface Hostile {
  readonly name: string
  readonly send: (target: Target) => Promise<string>
  readonly want: string
  /** It goes on sending after the answer: the connection may be cut before that is read. */
  readonly isDeaf?: boolean
}

const mebibyte = 1024 * 1024
const limit = 7 * mebibyte
const head = (...lines: readonly string[]) =>
  [`POST /mutate HTTP/1.1`, 'host: x', 'content-type: application/json', ...lines, '', ''].join('\r\n')
const withLength = (body: string) => `${head(`content-length: ${Buffer.byteLength(body)}`)}${body}`

/** A TLS connection, once hands are shaken. */
export async function shake({ port, ca }: Target): Promise<Duplex> {
  const socket = connectTls({ port, host: '127.0.0.1', ca })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  return socket
}

/** The status of each answer, `+ patch` where one has a patch; or `closed` where the connection ended without any. */
function tell(text: string): string {
  const answers = (text.match(/HTTP\/1\.1 \d{3}|"patch"/gu) ?? []).map(one => (one === '"patch"' ? '+ patch' : one.slice(9)))
  const all = answers.join(' ').replaceAll(' + patch', '+patch').split(' ')
  if (all.length > 2 && new Set(all).size === 1) return `${all.length} × ${tell(text.slice(0, text.indexOf('HTTP/1.1', 9)))}`
  return answers.join(' ') || 'closed'
}

/** Says of a text that grows whether so many answers are there as a whole. Each head is read once: an answer may have many MiB. */
function createCounter(wanted: number): (text: string) => boolean {
  let answers = 0
  let from = 0
  return text => {
    for (;;) {
      const body = text.indexOf('\r\n\r\n', from) + 4
      const length = body < 4 ? undefined : /content-length: (?<length>\d+)/iu.exec(text.slice(from, body))?.groups?.['length']
      if (length === undefined || text.length < body + Number(length)) return false
      answers += 1
      from = body + Number(length)
      if (answers === wanted) return true
    }
  }
}

/** What comes until the connection ends, or until it is enough: then this end hangs up. */
export async function hear(socket: Duplex, isEnough: (text: string) => boolean = () => false): Promise<string> {
  let text = ''
  const { promise, resolve } = Promise.withResolvers<undefined>()
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (isEnough(text)) resolve(undefined)
  })
  for (const event of ['end', 'close', 'error']) socket.on(event, () => resolve(undefined))
  await promise
  socket.destroy()
  return tell(text)
}

/** Sends all of it, and waits for so many answers or the end. */
async function ask(target: Target, text: string, answers = 1): Promise<string> {
  const socket = await shake(target)
  const heard = hear(socket, createCounter(answers))
  socket.write(Buffer.from(text, 'latin1'))
  return heard
}

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))
const podWith = (change: Parameters<typeof createPod>[0]) => review('hostile', { dryRun: true }, createPod(change))
const base = createPod()
const padded = (spaces: number) => review('hostile', { dryRun: true }).padEnd(spaces, ' ')

/** A value that is `levels` deep, where a pod has an annotation. */
const deep = (levels: number): string =>
  review('hostile', { dryRun: true }, createPod({ metadata: { annotations: { deep: 'HERE' } } }))
    .replace('"HERE"', () => `${'['.repeat(levels)}${']'.repeat(levels)}`)

/** Writes piece after piece until it is answered or cut, or there is no more. */
async function trickle(target: Target, pieces: Iterable<string>, pause: number): Promise<string> {
  const socket = await shake(target)
  const answered = hear(socket)
  for (const piece of pieces) {
    if (socket.destroyed || !socket.writable) break
    socket.write(piece)
    await wait(pause)
  }
  socket.end()
  return answered
}

function *endless(chunk: string): Iterable<string> {
  yield head('transfer-encoding: chunked')
  for (;;) yield `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`
}

async function raw({ port }: Target, bytes: Buffer | string): Promise<string> {
  const socket = connectPlain(port, '127.0.0.1').on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(bytes)
  return hear(socket)
}

/** Bodies: each is one request of its own. */
const bodies: readonly Hostile[] = [
  { name: '100,000 levels of JSON in an annotation', send: target => ask(target, withLength(deep(100_000))), want: '200' },
  { name: '3,000,000 levels of JSON', send: target => ask(target, withLength('['.repeat(3_000_000))), want: '400' },
  { name: '7 MiB of blanks around a review', send: target => ask(target, withLength(padded(limit))), want: '200 + patch' },
  { name: '7 MiB and a byte', send: target => ask(target, withLength(padded(limit + 1))), want: '413', isDeaf: true },
  {
    name: '300,000 labels', want: '200',
    send: target => ask(target, withLength(podWith({ metadata: { labels: Object.fromEntries(many(300_000, index => [`label-${index}`, 'v'])) } }))),
  },
  { name: '7 MiB of empty objects', send: target => ask(target, withLength(`[${many(2_400_000, () => '{}').join(',')}]`)), want: '400' },
  {
    name: '150,000 tolerations', want: '200 + patch',
    send: target => ask(target, withLength(podWith({ spec: { tolerations: many(150_000, index => ({ key: `k${index}`, operator: 'Exists' })) } }))),
  },
  {
    name: '80,000 spread constraints', want: '200 + patch',
    send: target => ask(target, withLength(podWith({ spec: {
      topologySpreadConstraints: many(80_000, index => ({ topologyKey: `k${index}`, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 1 })),
    } }))),
  },
  {
    name: '50,000 node selector terms', want: '200 + patch',
    send: target => ask(target, withLength(podWith({ spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: many(50_000, index => ({ matchExpressions: [{ key: `k${index}`, operator: 'Exists' }] })),
    } } } } }))),
  },
  {
    name: '70,000 expressions in one term', want: '200 + patch',
    send: target => ask(target, withLength(podWith({ spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: many(70_000, index => ({ key: 'type', operator: 'NotIn', values: [`v${index}`] })) }],
    } } } } }))),
  },
  {
    name: '60,000 owners', want: '200',
    send: target => ask(target, withLength(podWith({ metadata: { ownerReferences: many(60_000, index =>
      ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `web-${index}`, uid: `${index}` })) } }))),
  },
  {
    name: 'an owner with a name of 6 MiB', want: '200',
    send: target => ask(target, withLength(podWith({ metadata: { ownerReferences: [{ ...base.metadata.ownerReferences[0], name: 'x-'.repeat(3 * mebibyte) }] } }))),
  },
]

/** What breaks the rules of HTTP or TLS, or stops in the middle. */
const streams: readonly Hostile[] = [
  { name: 'a head, byte by byte', send: target => trickle(target, head('content-length: 2').slice(0, 60), 5), want: '400' },
  { name: 'a body, byte by byte, that ends too early', send: target => trickle(target, [head('content-length: 9000'), ...Array.from('{"kind": "AdmissionReview", "api')], 5), want: '400' },
  { name: 'chunks without end', send: target => trickle(target, endless(' '.repeat(mebibyte)), 1), want: '413', isDeaf: true },
  { name: 'a chunk of a size that is none', send: target => ask(target, `${head('transfer-encoding: chunked')}zz\r\n`), want: '400' },
  { name: 'a Content-Length that is too short', send: target => ask(target, `${head('content-length: 5')}${review('a')}`), want: '400' },
  { name: 'a Content-Length that is none', send: target => ask(target, head('content-length: -1')), want: '400' },
  { name: 'two Content-Lengths', send: target => ask(target, `${head('content-length: 2', 'content-length: 3')}{}`), want: '400' },
  { name: 'Content-Length beside chunks', send: target => ask(target, `${head('content-length: 2', 'transfer-encoding: chunked')}2\r\n{}\r\n0\r\n\r\n`), want: '400' },
  {
    name: '40 requests at once on one connection', want: '40 × 200 + patch',
    send: target => ask(target, withLength(review('a', { dryRun: true })).repeat(40), 40),
  },
  { name: '1 MiB of headers', send: target => ask(target, head(`x: ${'a'.repeat(mebibyte)}`, 'content-length: 2')), want: '431', isDeaf: true },
  { name: '20,000 headers', send: target => ask(target, head(...many(20_000, index => `x${index}: a`), 'content-length: 2')), want: '431', isDeaf: true },
  { name: 'a path of 1 MiB', send: target => ask(target, `GET /${'a'.repeat(mebibyte)} HTTP/1.1\r\nhost: x\r\n\r\n`), want: '431', isDeaf: true },
  { name: 'gzip', send: target => ask(target, `${head('content-encoding: gzip', 'content-length: 2')}\x1f\x8b`), want: '415' },
  { name: 'the preface of HTTP/2', send: target => ask(target, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), want: '400' },
  { name: 'an upgrade to another protocol', send: target => ask(target, 'GET /mutate HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'), want: '404' },
  { name: 'CONNECT', send: target => ask(target, 'CONNECT 192.0.2.1:80 HTTP/1.1\r\nhost: x\r\n\r\n'), want: 'closed' },
  { name: 'HTTP without TLS', send: target => raw(target, head('content-length: 2')), want: 'closed' },
  { name: '1 MiB of zeros in place of TLS', send: target => raw(target, Buffer.alloc(mebibyte)), want: 'closed' },
]

export const hostileRequests: readonly Hostile[] = [...bodies, ...streams]
