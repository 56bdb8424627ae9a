import { constants } from 'node:crypto'
import type { Server } from 'node:https'
import fastify, { type FastifyInstance } from 'fastify'
import { closeWithin } from './close-within.ts'
import { boundSideConnections } from './connection-budget.ts'
import { toHttpError } from './http-errors.ts'
import { readJson } from './json-body.ts'
import { requireFit } from './key-fit.ts'
import { createPeerGuard, type PeerGuardOptions } from './peer-guard.ts'
import { addPeerRoutes, type PeerCalls } from './peer-routes.ts'
import type { PeerTls } from './peer.ts'

export interface PeerServerOptions extends PeerCalls, PeerGuardOptions {
  readonly tls: PeerTls
}

/** The TLS server that other replicas call. */
export interface PeerServer {
  readonly app: FastifyInstance<Server>
  /** New connections are served, and judged, with other certificates; those open stay. Throws, and keeps the old, when they do not fit. */
  readonly useCertificate: (tls: PeerTls) => void
  /** Stops listening, answers the requests under way, and cuts what is open after 3 s. */
  readonly close: () => Promise<void>
}

/** Clients keep a connection a minute (see `peer-client.ts`): ours end later, so that no call meets the closing. */
const idleTimeout = 120_000
const longestCall = 3000

/**
 * Without tickets a session cannot be taken up again (Node keeps none by itself): every connection shows its certificate anew, so that
 * none outlives a change of the authority. Connections are kept for long; the handshakes that this costs are few.
 */
const contextOf = ({ cert, key, ca }: PeerTls) =>
  ({ cert, key, ca, minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET }) as const

export function createPeerServer(options: PeerServerOptions): PeerServer {
  const { tls, log } = options
  requireFit(tls)
  const app = fastify({
    https: {
      ...contextOf(tls), requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'], headersTimeout: idleTimeout,
    },
    keepAliveTimeout: idleTimeout,
    requestTimeout: idleTimeout,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  })
  boundSideConnections(app.server, 'peers', options)
  app.addHook('onRequest', createPeerGuard(options))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, readJson)
  app.setErrorHandler<Error & { code?: string }>((error, request, reply) => {
    const { code, message, statusCode } = toHttpError(error)
    if (code === 'internal-error') log.error({ err: error, url: request.url }, 'answering a peer failed')
    return reply.code(statusCode).send({ error: code, message })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'not-found', message: `there is nothing at ${request.method} ${request.url}` }))
  addPeerRoutes(app, options)
  return {
    app,
    useCertificate(next) {
      requireFit(next)
      app.server.setSecureContext(contextOf(next))
    },
    close: () => closeWithin(app, longestCall),
  }
}
