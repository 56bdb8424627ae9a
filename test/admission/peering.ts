import { once } from 'node:events'
import { request } from 'node:https'
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { join } from 'node:path'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createPeerClient, type PeerClient } from '../../src/admission/peer-client.ts'
import { createPeerServer, type PeerServerOptions } from '../../src/admission/peer-server.ts'
import type { PeerTls } from '../../src/admission/peer.ts'
import { createAuthority, issueLeaf, type Signed } from '../../src/certificates/authority.ts'
import { ensureCertificates } from '../../src/certificates/folder.ts'
import { readPair } from '../../src/certificates/pair.ts'
import { ensurePeerCertificates, isPeer, peerName, peersFolder, toPeerPair } from '../../src/certificates/peers.ts'
import { clientAuth, serverAuth } from '../../src/certificates/purpose.ts'
import { readFile } from 'node:fs/promises'

const now = new Date()
const folder = t.testdir({})
await ensureCertificates(folder, { hosts: ['localhost', '127.0.0.1'], now })
await ensurePeerCertificates(folder, now)

/** The pair that all replicas share. */
export const peerTls: PeerTls = toPeerPair(await readPair(peersFolder(folder)))
export const servingPair = await readPair(folder)
const authority: Signed = {
  certificate: peerTls.ca, key: await readFile(join(peersFolder(folder), 'ca.key'), 'utf8'),
}
/** What the authority of the peers signed for another use. */
export const plainLeaf = await issueLeaf(authority, { hosts: [peerName], now, usages: [serverAuth, clientAuth], key: peerTls.key })
/** Another pair of the same authority, and one of an authority that calls itself the same. */
export const nextTls: PeerTls = await issueLeaf(authority, { hosts: [peerName], now, usages: usagesOfPeers() })
  .then(({ certificate, key }) => ({ cert: certificate, key, ca: peerTls.ca }))
export const stranger = await createAuthority({ now, commonName: 'Versprei peers' })
export const strangeLeaf = await issueLeaf(stranger, { hosts: [peerName], now, usages: usagesOfPeers(), key: peerTls.key })

function usagesOfPeers(): readonly string[] {
  return [serverAuth, clientAuth, '2.25.261847533239927237712218998910501871290']
}

export const portOf = (server: { address: () => unknown }): number => {
  const address = server.address()
  if (typeof address !== 'object' || address === null || !('port' in address)) throw new Error('the server has no port')
  return Number(address.port)
}

export interface Serving {
  readonly url: string
  readonly port: number
  readonly server: ReturnType<typeof createPeerServer>
  readonly logged: Record<string, unknown>[]
  readonly state: { refusals: number, now: number, connections: number }
}

/** The server of a replica that answers each review with its uid, on a free port. */
export const serve = async (t: Test, options: Partial<PeerServerOptions> = {}, host = '127.0.0.1'): Promise<Serving> => {
  const logged: Record<string, unknown>[] = []
  const state = { refusals: 0, now: 0, connections: 0 }
  const server = createPeerServer({
    tls: peerTls, isPeer, elapsed: () => state.now, mayBeLate: () => false, countRefusal: () => { state.refusals += 1 },
    log: pino({ base: null, timestamp: false }, { write: (line: string) => { logged.push(JSON.parse(line)) } }),
    review: ({ uid }) => answerTo(uid),
    hello: () => ({ peers: [] }), lead: async () => 'taken', take: () => true,
    ...options,
  })
  server.app.server.on('connection', () => { state.connections += 1 })
  await server.app.listen({ port: 0, host })
  t.teardown(() => server.close())
  const port = portOf(server.app.server)
  return { url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, port, server, logged, state }
}

export const answerTo = (uid: string): string =>
  JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true } })

export const createClient = (t: Test, tls: PeerTls = peerTls): PeerClient => {
  const client = createPeerClient({ tls, peerName, isPeer })
  t.teardown(() => client.close())
  return client
}

/** A TLS server with a peer's certificate that does with a connection what the test says. */
export const serveRaw = async (t: Test, onSocket: (socket: TLSSocket) => void, options: TlsOptions = {}): Promise<string> => {
  const open = new Set<TLSSocket>()
  const server = createTlsServer({ ...peerTls, requestCert: true, ...options }, socket => {
    open.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return `https://127.0.0.1:${portOf(server)}`
}

/** One request on a connection of its own, by a client that checks nothing; the status and body, or the code of the failure. */
export const sendAs = (
  port: number, tls: { readonly cert?: string, readonly key?: string, readonly session?: Buffer }, path = '/mutate', body = '{}',
): Promise<{ readonly status: number | undefined, readonly body: unknown } | string> => new Promise(resolve => {
  const sent = request({
    ...tls, port, path, host: '127.0.0.1', method: 'POST', agent: false, rejectUnauthorized: false, servername: peerName,
    headers: { 'content-type': 'application/json' },
  }, async response => {
    const text = Buffer.concat(await response.toArray()).toString()
    resolve({ status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) })
  })
  sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end(body)
})
