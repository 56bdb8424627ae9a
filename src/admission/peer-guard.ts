import { TLSSocket } from 'node:tls'
import type { X509Certificate } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { createRefusalLog } from './refusal-log.ts'

export interface PeerGuardOptions {
  /** Whether a certificate, which the authority of the peers signed, says that it is a replica's. */
  readonly isPeer: (certificate: X509Certificate) => boolean
  /** Called for each request that is refused. */
  readonly countRefusal: () => void
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
}

/**
 * A hook that lets through what a replica sends and answers 403 to all else. That the authority of the peers signed a certificate is not
 * enough: it may sign for others one day. A certificate cannot change within a connection (TLS 1.3), so one look at it will do.
 */
export function createPeerGuard({ isPeer, countRefusal, log, elapsed }: PeerGuardOptions) {
  const judged = new WeakMap<object, boolean>()
  const tell = createRefusalLog(log, elapsed, 'refused requests to the port for peers: no certificate of a replica')
  const judge = (socket: object): boolean => {
    const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined
    const verdict = certificate !== undefined && isPeer(certificate)
    judged.set(socket, verdict)
    return verdict
  }
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { socket } = request.raw
    if (judged.get(socket) ?? judge(socket)) {
      done()
      return
    }
    countRefusal()
    tell({ address: socket.remoteAddress })
    void reply.code(403).header('connection', 'close').send({ error: 'not-a-peer', message: 'only a replica of Versprei may call this' })
  }
}
