import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { HttpError } from './http-errors.ts'

/**
 * Bytes of unfinished bodies that are held at once. A burst of a thousand pods has 4 MiB of reviews; without a bound, seventy callers that
 * send 7 MiB but for the last byte take what a container has.
 */
export const bodyBudget = 64 * 1024 * 1024

/** What is said to be no longer is not counted: it is not worth a listener, and a connection costs as much by itself. */
const smallBody = 16 * 1024

/**
 * A hook that counts what has come of bodies that are not whole yet, and drops the oldest when all have more than `budget` bytes. A review
 * that somebody waits for comes in milliseconds: what has been coming for longest is slow on purpose, or from a caller that is gone.
 */
export function createBodyBudget(budget = bodyBudget) {
  const coming = new Map<IncomingMessage, number>()
  let held = 0
  const forget = (body: IncomingMessage): void => {
    held -= coming.get(body) ?? 0
    coming.delete(body)
  }
  const drop = (body: IncomingMessage): void => {
    forget(body)
    body.destroy(new HttpError('crowded-out', `bodies of more than ${budget} bytes were being received, and this one had begun first`))
  }
  return ({ raw, headers }: FastifyRequest, _reply: unknown, _payload: unknown, done: () => void): void => {
    // Node lets no length pass that is not a whole number; without one the body comes in chunks.
    if (Number(headers['content-length']) > smallBody || headers['transfer-encoding'] !== undefined) {
      coming.set(raw, 0)
      raw.on('data', (chunk: Buffer) => {
        const before = coming.get(raw)
        if (before === undefined) return
        coming.set(raw, before + chunk.length)
        held += chunk.length
        const [oldest] = coming.keys()
        if (held > budget && oldest !== undefined) drop(oldest)
      })
      for (const event of ['end', 'close', 'error']) raw.once(event, () => forget(raw))
    }
    done()
  }
}
