import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { once } from 'node:events'
import { pino } from 'pino'
import type { Test } from 'tap'
import { createAdmissionServer, type ServerOptions, type Tls } from '../../src/admission/server.ts'
import { decide } from '../../src/placement/decide.ts'
import { listDistributor } from '../../src/placement/distributor/listed.ts'
import { createKnowledge } from '../../src/placement/knowledge.ts'

const fixtures = join(import.meta.dirname, '../certificates/fixtures')
const read = (kind: string, file: string) => readFileSync(join(fixtures, kind, file), 'utf8')

export interface Pair extends Tls { readonly ca: string }
export const readPair = (kind: 'rsa' | 'elliptic'): Pair =>
  ({ cert: read(kind, 'tls.crt'), key: read(kind, 'tls.key'), ca: read(kind, 'ca.crt') })

/** One group, so that the patch is told from the pod alone; weights are another test's affair. */
export const web = {
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web', namespace: 'shop', uid: 'w' },
  spec: { target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, distribution: [{ nodeLabel: { type: 'spot' }, weight: 1 }], spread: [] },
}

export const knowledge = () => {
  const known = createKnowledge('versprei-system')
  known.distributors.replace([listDistributor(web)])
  return known
}

export interface Serving {
  readonly port: number
  readonly server: ReturnType<typeof createAdmissionServer>
  /** Decisions and error codes in the order they were counted. */
  readonly counted: string[]
  readonly logged: Record<string, unknown>[]
  readonly state: { draining: boolean }
}

/** An admission server over TLS on a free port of loopback. */
export const serve = async (t: Test, options: Partial<ServerOptions> & { readonly level?: string } = {}): Promise<Serving> => {
  const counted: string[] = []
  const logged: Record<string, unknown>[] = []
  const state = { draining: false }
  const known = knowledge()
  const { level = 'info', ...rest } = options
  const server = createAdmissionServer({
    tls: readPair('rsa'), elapsed: () => 0, isDraining: () => state.draining, mayBeLate: () => false,
    log: pino({ level, base: null, timestamp: false }, { write: (line: string) => { logged.push(JSON.parse(line)) } }),
    decide: asked => decide(known, asked, 0),
    count: decision => { counted.push(decision.kind === 'skip' ? decision.reason : decision.kind === 'place' ? 'placed' : decision.kind) },
    countError: code => { counted.push(code) },
    ...rest,
  })
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => server.close())
  const address = server.app.server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0, server, counted, logged, state }
}

export interface Got {
  readonly status: number | undefined
  readonly body: unknown
  readonly connection: string | undefined
  /** The client's port: the same for requests of one connection. */
  readonly from: number | undefined
}

export interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** A client with one connection that it keeps as long as the server does, as the API server's are. */
export const createClient = (t: Test, port: number, options: ConnectionOptions = {}) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readPair('rsa').ca, ...options })
  t.teardown(() => agent.destroy())
  return ({ method = 'POST', path = '/mutate', headers = { 'content-type': 'application/json' }, body }: Sent): Promise<Got> =>
    new Promise((resolve, reject) => {
      const sent = request({ agent, port, host: '127.0.0.1', method, path, headers }, async response => {
        const from = response.socket.localPort
        const text = Buffer.concat(await response.toArray()).toString()
        const isJson = response.headers['content-type']?.startsWith('application/json') === true
        resolve({ status: response.statusCode, body: isJson ? JSON.parse(text) : text, connection: response.headers.connection, from })
      })
      sent.on('error', reject).end(body)
    })
}

export const createPod = (change: { readonly metadata?: object, readonly spec?: object } = {}) => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: {
    generateName: 'web-5d4f-', labels: { app: 'web', 'pod-template-hash': '5d4f' }, annotations: {},
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', uid: 'revision-1', controller: true }],
    ...change.metadata,
  },
  spec: { containers: [{ name: 'web', image: 'web' }], ...change.spec },
})

export const createReview = (uid: string, change: object = {}, object: unknown = createPod()) => ({
  apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview',
  request: {
    uid, kind: { group: '', version: 'v1', kind: 'Pod' }, resource: { group: '', version: 'v1', resource: 'pods' }, namespace: 'shop',
    operation: 'CREATE', object, oldObject: null, dryRun: false, options: null, ...change,
  },
})

export const review = (uid: string, change: object = {}, object: unknown = createPod()): string => JSON.stringify(createReview(uid, change, object))

/** What is answered where there is nothing to do; `warnings` where there is something to say. */
export const untouched = (uid: string, ...warnings: string[]) => ({
  apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview',
  response: { uid, allowed: true, ...(warnings.length > 0 && { warnings }) },
})

/** The pod of `createPod` in its group, on this seat. */
export const placed = (uid: string, seat: number) => ({
  apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview',
  response: { uid, allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patchOf(uid, seat))).toString('base64') },
})

const patchOf = (uid: string, seat: number) => [
  { op: 'add', path: '/metadata/labels/versprei.io~1distributor', value: 'web' },
  { op: 'add', path: '/metadata/labels/versprei.io~1group', value: 'type-spot' },
  { op: 'add', path: '/metadata/annotations/versprei.io~1seat', value: String(seat) },
  { op: 'add', path: '/metadata/annotations/versprei.io~1admission', value: uid },
  { op: 'add', path: '/metadata/annotations/controller.kubernetes.io~1pod-deletion-cost', value: String(1_000_000_000 - seat) },
  {
    op: 'add', path: '/spec/affinity',
    value: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'type', operator: 'In', values: ['spot'] }] }],
        },
      },
    },
  },
]

/** A TLS connection that nothing has been sent on; rejects when the handshake fails. */
export const open = async (t: Test, port: number, options: ConnectionOptions = {}): Promise<TLSSocket> => {
  const socket = connect({ port, host: '127.0.0.1', ca: readPair('rsa').ca, ...options })
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}
