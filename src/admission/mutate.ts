import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Decision } from '../placement/decide.ts'
import { skip, type Request } from '../placement/scope.ts'
import { answer } from './answer.ts'
import { HttpError } from './http-errors.ts'
import { parseReview } from './review.ts'

export interface MutateOptions {
  readonly decide: (request: Request) => Decision
  readonly count: (decision: Decision, seconds: number) => void
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
  /** True once the server is about to stop: the API server is then asked to come back on a new connection. */
  readonly isDraining: () => boolean
}

/** `POST /mutate`: review in, decision, patch, answer out. */
export function createMutate({ decide, count, log, elapsed, isDraining }: MutateOptions) {
  const decideOrSkip = (request: Request): Decision => {
    try {
      return decide(request)
    } catch (error) {
      log.error({ err: error, uid: request.uid, namespace: request.namespace }, 'deciding failed; the pod is let through untouched')
      return skip('internal-error', 'not placed: internal error, see the log of Versprei')
    }
  }
  return (http: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const start = elapsed()
    const review = parseReview(http.body)
    if ('wrong' in review) throw new HttpError('not-a-review', review.wrong)
    const decision = decideOrSkip(review.request)
    count(decision, (elapsed() - start) / 1000)
    if (log.isLevelEnabled('debug')) logDecision(log, review.request, decision)
    if (isDraining()) reply.header('connection', 'close')
    return reply.send(answer(review.request.uid, decision))
  }
}

function logDecision(log: Logger, { uid, namespace, dryRun }: Request, decision: Decision): void {
  if (decision.kind === 'skip') log.debug({ uid, namespace, dryRun, reason: decision.reason, warning: decision.warning }, 'skipped')
  else log.debug({ uid, namespace, dryRun, distributor: decision.distributor, group: decision.group, seat: decision.seat }, 'placed')
}
