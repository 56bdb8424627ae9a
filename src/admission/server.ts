import type { Server } from 'node:https'
import fastify, { type FastifyInstance } from 'fastify'
import { HttpError, toHttpError, type HttpErrorCode } from './http-errors.ts'
import { createMutate, type MutateOptions } from './mutate.ts'

/**
 * 7 MiB, as controller-runtime allows: an object in etcd has at most 3 MiB (the API server's own limit for a request body),
 * a review may hold it twice (`object`, `oldObject`), and its envelope gets the rest.
 */
export const bodyLimit = 7 * 1024 * 1024

/** The API server closes a connection that it left idle for 90 s (Go's default transport); we must not close it first. */
const keepAliveTimeout = 120_000

/** The API server waits 3 s for us (see `registration.ts`); whoever takes longer than this to send a request is no API server. */
const requestTimeout = 10_000

export interface Tls {
  readonly cert: string
  readonly key: string
}

export interface ServerOptions extends MutateOptions {
  readonly tls: Tls
  readonly countError: (code: HttpErrorCode) => void
}

/** The TLS server that the API server calls. */
export interface AdmissionServer {
  readonly app: FastifyInstance<Server>
  /** Serves new connections with another certificate; those open stay. Throws, and keeps the old one, when it does not fit its key. */
  readonly useCertificate: (tls: Tls) => void
}

export function createAdmissionServer(options: ServerOptions): AdmissionServer {
  const app = fastify({
    // The API server speaks HTTP/1.1 to Services; http2 stays off, so that nothing else is negotiated with a URL either.
    https: { ...options.tls, minVersion: 'TLSv1.2' },
    bodyLimit,
    keepAliveTimeout,
    requestTimeout,
    // A `__proto__` key is legal in a pod's maps and must not get its pod refused: it is dropped from our copy, and only there.
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
    // After close() requests on pooled connections are answered still, not refused with 503.
    return503OnClosing: false,
    // Idle pooled connections must not hold up the end.
    forceCloseConnections: 'idle',
  })
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', (request, _reply, next) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding === 'identity') next()
    else next(new HttpError('unsupported-encoding', `Content-Encoding is ${encoding}, expected identity`))
  })
  app.setErrorHandler<Error & { code?: string }>((error, _request, reply) => {
    const { code, message, statusCode } = toHttpError(error)
    options.countError(code)
    return reply.code(statusCode).send({ error: code, message })
  })
  app.setNotFoundHandler((request, reply) => {
    options.countError('not-found')
    return reply.code(404).send({ error: 'not-found', message: `there is nothing at ${request.method} ${request.url}; reviews go to POST /mutate` })
  })
  app.post('/mutate', createMutate(options))
  return {
    app,
    useCertificate: tls => app.server.setSecureContext({ ...tls, minVersion: 'TLSv1.2' }),
  }
}
