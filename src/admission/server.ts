import { constants, type X509Certificate } from 'node:crypto'
import type { Server } from 'node:https'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { createBodyBudget } from './body-budget.ts'
import { createCallerGuard } from './caller-guard.ts'
import { closeWithin } from './close-within.ts'
import { boundConnections, connectionBudget } from './connection-budget.ts'
import { refuseHungUp } from './hang-up.ts'
import { toHttpError, type HttpErrorCode } from './http-errors.ts'
import { readJson } from './json-body.ts'
import { requireFit } from './key-fit.ts'
import { createMutate, type Body, type MutateOptions } from './mutate.ts'
import { createRefusalLog } from './refusal-log.ts'

/**
 * 7 MiB, as controller-runtime allows: an object in etcd has at most 3 MiB (the API server's own limit for a request body),
 * a review may hold it twice (`object`, `oldObject`), and its envelope gets the rest.
 */
export const bodyLimit = 7 * 1024 * 1024

/**
 * The API server closes a connection that it left idle for 90 s (Go's default transport); we must not close it first: a call
 * that meets the closing is lost. Nor one that was never used: in a burst it opens more than it needs and keeps them, and
 * Node counts the wait for a first request as part of that request. So this bounds the sending of a request, too.
 */
const idleTimeout = 120_000

/** The API server waits 3 s for an answer (see `webhook-entry.ts`): at the end, what takes longer to send has nobody waiting. */
const longestCall = 3000

export interface Tls {
  readonly cert: string
  readonly key: string
}

/** Who may call. */
export interface Callers {
  /** PEM: who has to have signed the certificate that a caller shows. */
  readonly ca: string
  /** Whether such a certificate has a name that may call. */
  readonly isCaller: (certificate: X509Certificate) => boolean
}

export interface ServerOptions extends MutateOptions {
  readonly tls: Tls
  /** Undefined: whoever reaches the port. */
  readonly callers?: Callers | undefined
  readonly countError: (code: HttpErrorCode) => void
  /** Whether what is read now may have come so long ago that nobody waits for it. */
  readonly mayBeLate: () => boolean
}

/** The TLS server that the API server calls. */
export interface AdmissionServer {
  readonly app: FastifyInstance<Server>
  /** Serves new connections with another certificate; those open stay. Throws, and keeps the old one, when it does not fit its key. */
  readonly useCertificate: (tls: Tls) => void
  /** Callers have to show a certificate by this authority (PEM) from now on. Throws where there are no {@link Callers}. */
  readonly useAuthority: (ca: string) => void
  /** Stops listening, answers the requests under way, and cuts what is open after as long as the API server waits for an answer. */
  readonly close: () => Promise<void>
}

/** The text goes along: a replica that does not lead sends it on as it came. */
function readBody(request: FastifyRequest, text: string, done: (error: Error | null, body?: Body) => void): void {
  readJson(request, text, (error, value) => done(error, { text, value }))
}

/**
 * All that `setSecureContext` takes: what it is not given again is lost. With callers there are no tickets: a session that is taken up
 * again would not be judged anew.
 */
const contextOf = ({ cert, key }: Tls, ca: string | undefined) => ({
  cert, key, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca, secureOptions: constants.SSL_OP_NO_TICKET }),
}) as const

function answerErrors(app: FastifyInstance<Server>, options: ServerOptions): void {
  app.setErrorHandler<Error & { code?: string }>((error, _request, reply) => {
    const { code, message, statusCode } = toHttpError(error)
    options.countError(code)
    if (code === 'internal-error') options.log.error({ err: error }, 'answering failed')
    // Fastify closes after a body that it could not read. This one was read to its end: the connection is good for the next review.
    if (code === 'not-json') reply.header('connection', options.isDraining() ? 'close' : 'keep-alive')
    return reply.code(statusCode).send({ error: code, message })
  })
  app.setNotFoundHandler((request, reply) => {
    options.countError('not-found')
    const message = `there is nothing at ${request.method} ${request.url}; reviews go to POST /mutate`
    return reply.code(404).send({ error: 'not-found', message })
  })
}

export function createAdmissionServer(options: ServerOptions): AdmissionServer {
  const { callers } = options
  let served = { tls: options.tls, ca: callers?.ca }
  const app = fastify({
    // The API server speaks HTTP/1.1 to Services; http2 stays off, so that nothing else is negotiated with a URL either.
    https: {
      ...contextOf(served.tls, served.ca), headersTimeout: idleTimeout,
      // Who may not call is told so in an answer, see the guard.
      requestCert: callers !== undefined, rejectUnauthorized: false,
    },
    bodyLimit,
    keepAliveTimeout: idleTimeout,
    requestTimeout: idleTimeout,
    // The API server puts `?timeout=3s` behind every path; nobody reads it.
    routerOptions: { querystringParser: () => ({}) },
    // After close() requests on pooled connections are answered still, not refused with 503.
    return503OnClosing: false,
    // Idle pooled connections must not hold up the end.
    forceCloseConnections: 'idle',
  })
  const guard = callers && createCallerGuard({ ...options, isCaller: callers.isCaller })
  if (guard !== undefined) app.addHook('onRequest', guard.check)
  app.addHook('preParsing', createBodyBudget())
  const tell = createRefusalLog(options.log, options.elapsed, `closed connections: ${connectionBudget} are open at once, and more came`)
  boundConnections(app.server, ({ remoteAddress: address }) => {
    options.countError('crowded-out')
    tell({ address })
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, readBody)
  answerErrors(app, options)
  app.post<{ Body: Body | undefined }>('/mutate', { preHandler: refuseHungUp(options.mayBeLate) }, createMutate(options))
  const use = (next: typeof served): void => {
    app.server.setSecureContext(contextOf(next.tls, next.ca))
    // Only what fits: it throws before.
    served = next
  }
  return {
    app,
    useCertificate(tls) {
      requireFit(tls)
      use({ ...served, tls })
    },
    useAuthority(ca) {
      if (guard === undefined) throw new Error('whoever reaches the port may call: there is no authority to change')
      use({ ...served, ca })
      guard.renew()
    },
    close: () => closeWithin(app, longestCall),
  }
}
