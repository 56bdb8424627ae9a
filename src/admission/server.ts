import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Server } from 'node:https'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { HttpError, toHttpError, type HttpErrorCode } from './http-errors.ts'
import { createMutate, type MutateOptions } from './mutate.ts'

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

export interface ServerOptions extends MutateOptions {
  readonly tls: Tls
  readonly countError: (code: HttpErrorCode) => void
}

/** The TLS server that the API server calls. */
export interface AdmissionServer {
  readonly app: FastifyInstance<Server>
  /** Serves new connections with another certificate; those open stay. Throws, and keeps the old one, when it does not fit its key. */
  readonly useCertificate: (tls: Tls) => void
  /** Stops listening, answers the requests under way, and cuts what is open after as long as the API server waits for an answer. */
  readonly close: () => Promise<void>
}

/**
 * Fastify's own parser refuses or searches for keys such as `__proto__`. They are legal in a pod's maps and must not get its pod refused:
 * JSON.parse makes own keys of them, and nothing here ever assigns by a key that a body chose.
 */
function readBody(request: FastifyRequest, text: string, done: (error: Error | null, body?: unknown) => void): void {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    done(new HttpError('unsupported-encoding', `Content-Encoding is ${encoding}, expected identity`))
    return
  }
  try {
    done(null, JSON.parse(text))
  } catch (error) {
    done(new HttpError('not-json', `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error }))
  }
}

export function createAdmissionServer(options: ServerOptions): AdmissionServer {
  const app = fastify({
    // The API server speaks HTTP/1.1 to Services; http2 stays off, so that nothing else is negotiated with a URL either.
    https: { ...options.tls, minVersion: 'TLSv1.2', headersTimeout: idleTimeout },
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
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, readBody)
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
  app.post('/mutate', createMutate(options))
  return {
    app,
    useCertificate(tls) {
      // OpenSSL sees this for keys of one kind only: an RSA key beside an elliptic certificate it takes, and then serves nobody.
      if (!new X509Certificate(tls.cert).checkPrivateKey(createPrivateKey(tls.key))) throw new Error('the certificate is not for this key')
      app.server.setSecureContext({ ...tls, minVersion: 'TLSv1.2' })
    },
    async close() {
      const cut = setTimeout(() => app.server.closeAllConnections(), longestCall)
      try {
        await app.close()
      } finally {
        clearTimeout(cut)
      }
    },
  }
}
