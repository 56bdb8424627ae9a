import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Decision } from '../placement/decide.ts'
import { skip, type Request } from '../placement/scope.ts'
import { answer } from './answer.ts'
import { HttpError } from './http-errors.ts'
import { parseReview } from './review.ts'
import type { Forwarded } from './route.ts'

export interface MutateOptions {
  /** `text`: the review as it came, for a replica that has another one decide. */
  readonly decide: (request: Request, text: string) => Decision | Promise<Decision | Forwarded>
  readonly count: (decision: Decision | Forwarded, seconds: number) => void
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
  /** True once the server is about to stop: the API server is then asked to come back on a new connection. */
  readonly isDraining: () => boolean
}

/** What the body's parser makes of it. */
export interface Body {
  readonly text: string
  readonly value: unknown
}

/** `POST /mutate`: review in, decision, patch, answer out. */
export function createMutate({ decide, count, log, elapsed, isDraining }: MutateOptions) {
  const failed = (error: unknown, { uid, namespace }: Request): Decision => {
    log.error({ err: error, uid, namespace }, 'deciding failed; the pod is let through untouched')
    return skip('internal-error', 'not placed: internal error, see the log of Versprei')
  }
  const decideOrSkip = (request: Request, text: string): ReturnType<typeof decide> => {
    try {
      const decision = decide(request, text)
      return 'then' in decision ? decision.catch((error: unknown) => failed(error, request)) : decision
    } catch (error) {
      return failed(error, request)
    }
  }
  const send = (reply: FastifyReply, request: Request, decision: Decision | Forwarded, start: number): FastifyReply => {
    count(decision, (elapsed() - start) / 1000)
    if (log.isLevelEnabled('debug')) logDecision(log, request, decision)
    if (isDraining()) reply.header('connection', 'close')
    return decision.kind === 'forwarded'
      ? reply.header('content-type', 'application/json; charset=utf-8').send(decision.answer)
      : reply.send(answer(request.uid, decision))
  }
  return (http: FastifyRequest<{ Body: Body | undefined }>, reply: FastifyReply): FastifyReply | Promise<FastifyReply> => {
    const start = elapsed()
    const review = parseReview(http.body?.value)
    if ('wrong' in review) throw new HttpError('not-a-review', review.wrong)
    const { request } = review
    const decision = decideOrSkip(request, http.body?.text ?? '')
    return 'then' in decision ? decision.then(later => send(reply, request, later, start)) : send(reply, request, decision, start)
  }
}

function logDecision(log: Logger, { uid, namespace, dryRun }: Request, decision: Decision | Forwarded): void {
  if (decision.kind === 'forwarded') log.debug({ uid, namespace, dryRun }, 'forwarded')
  else if (decision.kind === 'skip') log.debug({ uid, namespace, dryRun, reason: decision.reason, warning: decision.warning }, 'skipped')
  else {
    const { distributor, group, seat, audit } = decision
    log.debug({ uid, namespace, dryRun, distributor, group, seat }, audit === true ? 'audited' : 'placed')
  }
}
