/** The answers to a request that is no AdmissionReview, by code; explained in docs/reference.md. */
export const httpErrors = {
  'not-json': { status: 400, means: 'the body is not JSON' },
  'not-a-review': { status: 400, means: 'the body is not an AdmissionReview of admission.k8s.io/v1' },
  'not-found': { status: 404, means: 'there is nothing at this path, or not for this method' },
  'too-large': { status: 413, means: 'the body is larger than 7 MiB' },
  'crowded-out': {
    status: 503, means: 'bodies of more than 64 MiB were being received at once, and the one that had begun first was dropped; '
      + 'without an answer: 2,000 connections were open, and more came',
  },
  'unsupported-type': { status: 415, means: 'the Content-Type is not application/json' },
  'unsupported-encoding': { status: 415, means: 'the Content-Encoding is not identity' },
  'bad-request': { status: 400, means: 'the request is broken in another way, which the message tells' },
  'unknown-caller': {
    status: 403, means: 'with --client-ca: the caller showed no certificate by that authority, or none with a name of --client-name',
  },
  'not-awaited': { status: 408, means: 'the caller hung up before Versprei got any time to answer' },
  'internal-error': { status: 500, means: 'Versprei failed; its log says why' },
} as const

export type HttpErrorCode = keyof typeof httpErrors

/** Fastify's codes (fastify `lib/errors.js`) in our words. */
const fromFastify: Readonly<Record<string, HttpErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad-request',
}

/** A request that is answered with an error, and why. */
export class HttpError extends Error {
  readonly code: HttpErrorCode
  readonly statusCode: number

  constructor(code: HttpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.statusCode = httpErrors[code].status
  }
}

/** What went wrong, as one of our errors: what has a 4xx status of its own is the caller's mistake, anything else is ours. */
export function toHttpError(error: Readonly<Error> & { readonly code?: string, readonly statusCode?: number }): HttpError {
  if (error instanceof HttpError) return error
  const { code, statusCode = 500, message } = error
  const known = code !== undefined && Object.hasOwn(fromFastify, code) ? fromFastify[code] : undefined
  if (known !== undefined) return new HttpError(known, message, { cause: error })
  if (statusCode >= 400 && statusCode < 500) return new HttpError('bad-request', message, { cause: error })
  return new HttpError('internal-error', 'it failed inside; the log of Versprei says why', { cause: error })
}
