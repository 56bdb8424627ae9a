import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, createSecureContext, type PeerCertificate } from 'node:tls'
import { Agent } from 'undici'
import { requireFit } from './key-fit.ts'
import { exchange, type PeerAnswer } from './peer-exchange.ts'
import { PeerError } from './peer-error.ts'
import type { PeerTls } from './peer.ts'

export interface PeerClientOptions {
  readonly tls: PeerTls
  /** The DNS name that the certificates of all peers have, whatever their address. */
  readonly peerName: string
  /** Whether a certificate, which the authority of the peers signed, says that it is a replica's. */
  readonly isPeer: (certificate: X509Certificate) => boolean
}

/** Calls other replicas over mutual TLS, on connections that are kept for a minute without a call. */
export interface PeerClient {
  /**
   * POSTs JSON to `path` of a peer's address (`https://host:port`). Resolves with its answer, whatever the status; rejects with a
   * {@link PeerError} when there is none after so many milliseconds, name look-up, connecting and TLS included, or none at all.
   */
  readonly send: (url: string, path: string, body: string, timeoutMs: number) => Promise<PeerAnswer>
  /** Calls from now on use other certificates; those under way end as they began. Throws, and keeps the old, when they do not fit. */
  readonly useCertificate: (tls: PeerTls) => void
  /** Ends every connection, calls under way included. */
  readonly close: () => Promise<void>
}

/**
 * To one peer at most. A handshake costs as much as ten calls: with many, a burst that finds none open keeps the leader busy with nothing
 * else.
 */
export const connections = 8
/**
 * Reviews on one connection at a time. A burst of 1,000 pods has hundreds under way, and on a busy machine each answer takes a turn of both
 * event loops, some 20 ms: one after the other they would wait for a connection beyond their 150 ms.
 */
export const pipelining = 32
/** The peer keeps them for two minutes. After its last connection an origin's pool is gone, too (undici, `lib/dispatcher/agent.js`). */
const idleTimeout = 60_000
/** Far above any answer: a patch adds kilobytes. */
const longestAnswer = 4 * 1024 * 1024

function createAgent({ tls, peerName, isPeer }: PeerClientOptions): Agent {
  requireFit(tls)
  const { cert, key, ca } = tls
  const check = (_host: string, certificate: PeerCertificate): Error | undefined =>
    checkServerIdentity(peerName, certificate) ??
    (isPeer(new X509Certificate(certificate.raw)) ? undefined : new Error('the certificate there is not a replica’s'))
  return new Agent({
    connections, pipelining, allowH2: false, keepAliveTimeout: idleTimeout, keepAliveMaxTimeout: idleTimeout,
    headersTimeout: 0, bodyTimeout: 0, maxResponseSize: longestAnswer,
    // A session that is taken up again shows no certificate to check.
    maxCachedSessions: 0,
    connect: {
      // Once for all connections: reading a key costs as much as a handshake.
      secureContext: createSecureContext({ cert, key, ca, minVersion: 'TLSv1.3' }),
      servername: peerName, checkServerIdentity: check, rejectUnauthorized: true,
    },
  })
}

export function createPeerClient(options: PeerClientOptions): PeerClient {
  let agent = createAgent(options)
  const agents = new Set([agent])
  let isClosed = false
  const retire = (old: Agent): void => {
    old.close().catch(() => old.destroy()).finally(() => agents.delete(old)).catch(() => {})
  }
  return {
    send(url, path, body, timeoutMs) {
      if (isClosed) return Promise.reject(new PeerError('failed', `POST ${url}${path}: the client is closed`))
      return exchange(agent, { url, path, body, timeoutMs })
    },
    useCertificate(tls) {
      const next = createAgent({ ...options, tls })
      const old = agent
      agent = next
      agents.add(next)
      retire(old)
    },
    async close() {
      isClosed = true
      await Promise.allSettled([...agents].map(one => one.destroy()))
    },
  }
}
