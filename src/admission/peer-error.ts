/** Why a call to a peer has no answer. */
export type PeerFailure = 'timeout' | 'refused' | 'failed'

/** A call to a peer that has no answer: not in time, nobody there, or cut. The message names the call. */
export class PeerError extends Error {
  readonly failure: PeerFailure

  constructor(failure: PeerFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.failure = failure
  }
}

/** The system's codes for an address at which nobody takes a connection. */
const nobodyThere = new Set([
  'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN',
])

/** What went wrong with the call `where`, in our words. */
export function toPeerError(where: string, cause: unknown): PeerError {
  if (cause instanceof PeerError) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (nobodyThere.has(code)) return new PeerError('refused', `${where}: nobody takes a connection there (${code})`, { cause })
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new PeerError('timeout', `${where}: no connection in time`, { cause })
  }
  const words = cause instanceof Error ? cause.message : String(cause)
  return new PeerError('failed', `${where}: ${words === '' ? code : words}`, { cause })
}
