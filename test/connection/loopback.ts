import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:https'
import type { Server } from 'node:net'
import { TLSSocket } from 'node:tls'
import forge from 'node-forge'
import type { Test } from 'tap'

export interface Pem { readonly cert: string, readonly key: string }

export interface Authority extends Pem {
  /** A certificate for 127.0.0.1 and for a client of this name; by default it is good for a year. */
  issue(commonName: string, until?: Date): Pem
}

const year = 365 * 24 * 3_600_000

interface Issuer { readonly name: string, readonly key: forge.pki.rsa.PrivateKey }

const certify = (commonName: string, keys: forge.pki.rsa.KeyPair, issuer?: Issuer, until = new Date(Date.now() + year)) => {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = keys.publicKey
  certificate.serialNumber = `0${Math.floor(Math.random() * 1e12)}`
  certificate.validity.notBefore = new Date(Math.min(Date.now(), until.getTime()) - 3_600_000)
  certificate.validity.notAfter = until
  certificate.setSubject([{ name: 'commonName', value: commonName }])
  certificate.setIssuer([{ name: 'commonName', value: issuer?.name ?? commonName }])
  certificate.setExtensions(issuer === undefined
    ? [{ name: 'basicConstraints', cA: true }]
    : [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }, { type: 2, value: 'api.test' }] }])
  certificate.sign(issuer?.key ?? keys.privateKey, forge.md.sha256.create())
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(keys.privateKey) }
}

export const createAuthority = (name = 'authority'): Authority => {
  const keys = forge.pki.rsa.generateKeyPair({ bits: 2048 })
  const own = certify(name, keys)
  const leafKeys = forge.pki.rsa.generateKeyPair({ bits: 2048 })
  return { ...own, issue: (commonName, until) => certify(commonName, leafKeys, { name, key: keys.privateKey }, until) }
}

export interface Api {
  readonly server: string
  readonly port: number
  /** Authorization header, client certificate's name and path of each request. */
  readonly seen: string[]
  /** Sockets accepted so far. */
  sockets(): number
  /** The names in the client certificates of the sockets that are open now, each once. */
  open(): string[]
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

const nameOf = (socket: TLSSocket) => String(socket.getPeerCertificate().subject?.CN ?? '-')

const callerOf = ({ headers, socket, method, url }: IncomingMessage) => {
  const name = socket instanceof TLSSocket ? nameOf(socket) : 'plain'
  return `${headers.authorization ?? '-'} ${name} ${method} ${url}`
}

const answer: Handler = (_, response) => { response.end('{"kind":"Pong"}') }

const listen = async (t: Test, server: Server, protocol: string, seen: string[]): Promise<Api> => {
  let accepted = 0
  const open = new Map<TLSSocket, string>()
  server.on('connection', () => { accepted++ })
  server.on('secureConnection', (socket: TLSSocket) => {
    open.set(socket, nameOf(socket))
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  t.teardown(() => new Promise(resolve => server.close(resolve)))
  return { server: `${protocol}://127.0.0.1:${port}`, port, seen, sockets: () => accepted, open: () => [...new Set(open.values())] }
}

/** An API server over TLS that asks for a client certificate of its authority and takes whoever has none. `until`: when its own ends. */
export const startApi = (t: Test, authority: Authority, handle: Handler = answer, until?: Date): Promise<Api> => {
  const seen: string[] = []
  const options = { ...authority.issue('api', until), ca: authority.cert, requestCert: true, rejectUnauthorized: false }
  const server = createServer(options, (request, response) => {
    seen.push(callerOf(request))
    handle(request, response)
  })
  // Not the server ends an idle socket.
  server.keepAliveTimeout = 120_000
  return listen(t, server, 'https', seen)
}

export const startPlainApi = (t: Test, handle: Handler = answer): Promise<Api> => {
  const seen: string[] = []
  return listen(t, createHttpServer((request, response) => {
    seen.push(callerOf(request))
    handle(request, response)
  }), 'http', seen)
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A kubeconfig of one context; JSON is YAML. */
export const kubeconfig = (server: string, cluster: object, user: object, context: object = {}): string => JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'here',
  clusters: [{ name: 'c', cluster: { server, ...cluster } }],
  users: [{ name: 'u', user }],
  contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', ...context } }]
})

/** The cluster entry that trusts an authority. */
export const trust = (authority: Pick<Authority, 'cert'>) => ({ 'certificate-authority-data': base64(authority.cert) })
