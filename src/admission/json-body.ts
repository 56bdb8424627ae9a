import type { FastifyRequest } from 'fastify'
import { HttpError } from './http-errors.ts'

/**
 * Fastify's own parser refuses or searches for keys such as `__proto__`. They are legal in a pod's maps and must not get its pod refused:
 * JSON.parse makes own keys of them, and nothing here ever assigns by a key that a body chose.
 */
export function readJson(request: FastifyRequest, text: string, done: (error: Error | null, body?: unknown) => void): void {
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
