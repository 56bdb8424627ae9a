import { field, textField } from './json-field.ts'

/** What is known of a request that failed; `status` and `reason` are those of the Kubernetes Status object that the API server answered. */
export interface Failure {
  /** HTTP status, or the code of a watch's ERROR event; absent when there was no answer at all. */
  readonly status?: number
  /** `Forbidden`, `Expired`, `Conflict` … as the API server says it; ours: see `ownReasons`. */
  readonly reason: string
  /** Milliseconds the API server asks to wait (Retry-After); at most a minute. */
  readonly retryAfter?: number
}

/** Reasons that Versprei gives itself, where there is no Status object. */
export const ownReasons = {
  /** The kubeconfig or the service account folder cannot be used. */
  configuration: 'InvalidConfiguration',
  /** No credentials could be had: exec plugin, token or certificate file. */
  credentials: 'NoCredentials',
  /** Connection refused, reset, closed half way; name or certificate not known. */
  network: 'NetworkFault',
  /** The connection was closed before. */
  closed: 'Closed',
  /** The answer is not what the Kubernetes API says it is. */
  malformed: 'Malformed',
  /** No whole answer in time. */
  timeout: 'Timeout',
  /** A watch on which neither an event nor a bookmark came. */
  silent: 'SilentWatch',
  /** The consumer of a list threw. */
  consumer: 'ConsumerFailed'
} as const

/** A request to the API server that failed. Its message is one line, says where and what, and never holds a credential. */
export class ClusterError extends Error {
  readonly status: number | undefined
  readonly reason: string
  readonly retryAfter: number | undefined

  constructor (message: string, failure: Failure, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ClusterError'
    this.status = failure.status
    this.reason = failure.reason
    this.retryAfter = failure.retryAfter
  }
}

function oneLine(text: string, limit = 500) {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > limit ? `${line.slice(0, limit)}…` : line
}

/**
 * The error that a Kubernetes Status object describes; `body` may be anything (a proxy's page, a null).
 *
 * @param why what we know of it ourselves
 */
export function statusError(where: string, body: unknown, answered: Pick<Failure, 'status' | 'retryAfter'>, why?: string): ClusterError {
  const code = field(body, 'code')
  const status = answered.status ?? (typeof code === 'number' ? code : undefined)
  const detail = textField(body, 'message') ?? (typeof body === 'string' ? body : '')
  const known = textField(body, 'reason') ?? 'Unknown'
  const seconds = field(field(body, 'details'), 'retryAfterSeconds')
  const retryAfter = answered.retryAfter ?? (typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, 60) * 1000 : undefined)
  const failure = { reason: known, ...(status !== undefined && { status }), ...(retryAfter !== undefined && { retryAfter }) }
  const details = [detail === '' ? undefined : oneLine(detail), why].filter(text => text !== undefined)
  return new ClusterError([where, [status, known].filter(Boolean).join(' '), ...details].join(': '), failure)
}

/** What went wrong below HTTP. An error that is a ClusterError already stays as it is. */
export function networkError(where: string, cause: unknown): ClusterError {
  if (cause instanceof ClusterError) return cause
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause]
  const text = causes.map(tell).join('; ')
  return new ClusterError(`${where}: ${oneLine(text)}`, { reason: ownReasons.network }, cause)
}

/** OpenSSL does not say whose certificate it is. */
function tell(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return 'code' in cause && cause.code === 'CERT_HAS_EXPIRED' ? 'the API server\'s certificate has expired' : cause.message
}

export function message(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error))
}
