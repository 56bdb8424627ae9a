import { TLSSocket } from 'node:tls'
import type { X509Certificate } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { HttpError } from './http-errors.ts'
import { createRefusalLog } from './refusal-log.ts'

export interface CallerGuardOptions {
  /** Whether a certificate, which the authority of the callers signed, has a name that may call. */
  readonly isCaller: (certificate: X509Certificate) => boolean
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
}

export interface CallerGuard {
  /** A hook that lets through whoever may call; of all others the body is not read. */
  readonly check: (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void
  /** From now on another authority counts: a connection that the old one let in has one more answer, and is closed. */
  readonly renew: () => void
}

interface Verdict {
  /** Undefined: it may call. */
  readonly fault: string | undefined
  readonly judgedAt: number
}

/** Milliseconds that a handshake may take (Node's `handshakeTimeout`): so long after a change one by the old authority may still end. */
const longestHandshake = 120_000

/**
 * Asks for the certificate in an answer rather than in the handshake: the API server's log then says what it lacks, and the refusal is
 * counted.
 */
export function createCallerGuard({ isCaller, log, elapsed }: CallerGuardOptions): CallerGuard {
  const verdicts = new WeakMap<object, Verdict>()
  let keptFrom = -Infinity
  const tell = createRefusalLog(log, elapsed, 'refused calls: no certificate by which --client-ca and --client-name know the API server')
  const judge = (socket: object): Verdict => {
    const verdict = { fault: findFault(socket, isCaller), judgedAt: elapsed() }
    verdicts.set(socket, verdict)
    return verdict
  }
  return {
    check({ raw: { socket } }, reply, done) {
      const { fault, judgedAt } = verdicts.get(socket) ?? judge(socket)
      if (fault !== undefined || judgedAt < keptFrom) reply.header('connection', 'close')
      if (fault === undefined) return done()
      tell({ address: socket.remoteAddress, fault })
      return done(new HttpError('unknown-caller', fault))
    },
    renew() {
      keptFrom = elapsed() + longestHandshake
    },
  }
}

/** Why it may not call; undefined: it may. */
function findFault(socket: object, isCaller: CallerGuardOptions['isCaller']): string | undefined {
  if (!(socket instanceof TLSSocket)) return 'the connection is not TLS'
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) {
    return 'no client certificate was shown; the API server has to be given one, as docs/reference.md shows under Callers'
  }
  // The code of OpenSSL, such as CERT_HAS_EXPIRED.
  if (!socket.authorized) return `the client certificate is not one by the authority of --client-ca: ${String(socket.authorizationError)}`
  return isCaller(certificate) ? undefined : 'the client certificate has none of the names of --client-name'
}
