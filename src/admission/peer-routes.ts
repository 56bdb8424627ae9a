import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Server } from 'node:https'
import type { Request } from '../placement/scope.ts'
import { refuseHungUp } from './hang-up.ts'
import { HttpError } from './http-errors.ts'
import { readHello, readPeer, readReservations, type Hello, type NotLeader, type Peer, type Read } from './peer.ts'
import { parseReview } from './review.ts'
import { bodyLimit } from './server.ts'

/** What a replica does when another one calls. */
export interface PeerCalls {
  /**
   * Decides a forwarded AdmissionReview and gives the JSON text of the answer. It must never forward it in turn: so a review is handed on
   * once, whatever the replicas take each other for.
   */
  readonly review: (request: Request) => string | NotLeader | Promise<string | NotLeader>
  /** A follower says where it is. The leader answers with the other followers: one of them may be the next leader. */
  readonly hello: (peer: Hello) => { readonly peers: readonly Peer[] } | NotLeader
  /** The leader wants to stop and asks this replica to lead; resolves whether it does, or could not even try. */
  readonly lead: (leader: Peer) => Promise<'taken' | 'not-taken' | 'not-ready'>
  /** The leader that stops gives its unseen reservations; whether they were taken. */
  readonly take: (reservations: readonly unknown[]) => boolean
  /** Whether what is read now may have come so long ago that nobody waits for it. */
  readonly mayBeLate: () => boolean
}

/** Room for tens of thousands of unseen reservations; a burst of 1,000 pods leaves a few hundred. */
const reservationsLimit = 16 * 1024 * 1024
/** An identity, an address and a flag. */
const peerLimit = 16 * 1024

/** RFC 9110, 15.5.20: sent to a server that is not the one to answer it. */
const misdirected = 421

function valueOf<Value>(read: Read<Value>): Value {
  if ('wrong' in read) throw new HttpError('bad-request', read.wrong)
  return read.value
}

/** What the leader is answered whose offer was taken, failed, or came to one that cannot lead. */
const leadStatus = { taken: 204, 'not-taken': 503, 'not-ready': 409 } as const

const sendAway = (reply: FastifyReply, { leader }: NotLeader): FastifyReply => reply.code(misdirected).send({ leader })
const confirm = (reply: FastifyReply, isDone: boolean): FastifyReply => reply.code(isDone ? 204 : 409).send()

/** The routes between replicas: POST with JSON, errors as everywhere. */
export function addPeerRoutes(app: FastifyInstance<Server>, { review, hello, lead, take, mayBeLate }: PeerCalls): void {
  app.post('/mutate', { bodyLimit, preHandler: refuseHungUp(mayBeLate) }, async ({ body }, reply) => {
    const parsed = parseReview(body)
    if ('wrong' in parsed) throw new HttpError('not-a-review', parsed.wrong)
    const answer = await review(parsed.request)
    return typeof answer === 'string' ? reply.header('content-type', 'application/json').send(answer) : sendAway(reply, answer)
  })
  app.post('/hello', { bodyLimit: peerLimit }, async ({ body }, reply) => {
    const welcome = hello(valueOf(readHello(body)))
    return 'peers' in welcome ? reply.send({ peers: welcome.peers }) : sendAway(reply, welcome)
  })
  app.post('/lead', { bodyLimit: peerLimit }, async ({ body }, reply) => reply.code(leadStatus[await lead(valueOf(readPeer(body)))]).send())
  app.post('/reservations', { bodyLimit: reservationsLimit }, async ({ body }, reply) =>
    confirm(reply, take(valueOf(readReservations(body)))))
}
