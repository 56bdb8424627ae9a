/** The answers to a request that is no AdmissionReview, by code; explained in docs/reference.md. */
export const httpErrors = {
  'not-json': { status: 400, means: 'the body is not JSON' },
  'not-a-review': { status: 400, means: 'the body is not an AdmissionReview of admission.k8s.io/v1' },
  'not-found': { status: 404, means: 'there is nothing at this path, or not for this method' },
  'too-large': { status: 413, means: 'the body is larger than 7 MiB' },
  'unsupported-type': { status: 415, means: 'the Content-Type is not application/json' },
  'unsupported-encoding': { status: 415, means: 'the Content-Encoding is not identity' },
  'bad-request': { status: 400, means: 'the request is broken in another way, which the message tells' },
} as const

export type HttpErrorCode = keyof typeof httpErrors

/** Fastify's codes (fastify `lib/errors.js`) in our words. */
const fromFastify: Readonly<Record<string, HttpErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad-request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'not-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'not-json',
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

/** What went wrong before a request reached us, as one of our errors. */
export function toHttpError(error: Readonly<Error> & { readonly code?: string }): HttpError {
  if (error instanceof HttpError) return error
  const code = error instanceof SyntaxError ? 'not-json' : fromFastify[error.code ?? ''] ?? 'bad-request'
  return new HttpError(code, error.message, { cause: error })
}
