import type { Log } from '../cluster/delivery.ts'
import type { Election } from '../cluster/election.ts'
import type { Leader } from '../cluster/lease.ts'
import type { Revisions } from '../placement/seats/revisions.ts'
import type { Follower } from './followers.ts'
import { settleLimit, type Settling } from './settling.ts'

/** POSTs JSON to a path of a replica's address. Rejects when there is no answer in time. */
export type Post = (
  url: string, path: string, body: unknown, timeout: number,
) => Promise<{ readonly status: number, readonly text: string }>

export interface HandOverOptions {
  readonly self: Leader & { readonly url: string }
  readonly election: Pick<Election, 'yield' | 'look' | 'leader'>
  readonly post: Post
  readonly revisions: Pick<Revisions, 'handOver'>
  readonly settling: Settling
  /** Called of one that does not want the lead, or did not answer and has no Lease: it may not be there any more. */
  readonly onRefused: (successor: Follower) => void
  readonly log: Log
}

/** How the leader passes the lead on, in two steps: first its Lease, then its seats. */
export interface HandOver {
  /** While another takes the Lease from us we give out the seats still: it waits for them. */
  readonly isRegent: () => boolean
  /** Offers the lead to each, until one takes it. Resolves whether one did. Never rejects. */
  readonly offer: (successors: readonly Follower[]) => Promise<boolean>
}

/** Milliseconds. To take the Lease is a write to the API server, which a burst of pods makes slow; meanwhile we decide as before. */
const takeLimit = 2500
/**
 * HTTP status of a replica that cannot lead: it is about to end itself, or knows too little yet. Any other may mean that the write failed.
 */
export const notReady = 409
/** Milliseconds that the next leader waits for the seats, from when it has the Lease: longer than we decide as before. */
export const seatsLimit = takeLimit + settleLimit

export function createHandOver({ self, election, post, revisions, settling, onRefused, log }: HandOverOptions): HandOver {
  let isRegent = false

  const giveSeats = async (successor: Follower): Promise<void> => {
    // From here on we give out no seat: what is sent is all there is.
    settling.begin()
    isRegent = false
    try {
      const { status } = await post(successor.url, '/reservations', { reservations: revisions.handOver() }, settleLimit)
      if (status !== 204) log.warn({ successor, status }, 'the next leader did not take the seats: it begins with what its watch shows')
    } catch (err) {
      log.warn({ err, successor }, 'the seats did not reach the next leader: it begins with what its watch shows')
    } finally {
      election.yield(successor)
      settling.end()
    }
  }
  /** Whether it has the Lease. Where its answer is lost, the Lease itself tells. */
  const hasTaken = async (successor: Follower): Promise<boolean> => {
    isRegent = true
    try {
      const { status } = await post(successor.url, '/lead', self, takeLimit)
      if (status === notReady) onRefused(successor)
      return status === 204
    } catch (err) {
      log.warn({ err, successor }, 'a replica did not say whether it leads from now on')
      isRegent = false
      await election.look()
      if (election.leader()?.identity === successor.identity) return true
      onRefused(successor)
      return false
    }
  }
  const offerTo = async (successor: Follower): Promise<boolean> => {
    const isTaken = await hasTaken(successor)
    if (isTaken) await giveSeats(successor)
    isRegent = false
    if (isTaken) log.info({ successor }, 'handed over to another replica')
    return isTaken
  }
  return {
    isRegent: () => isRegent,
    async offer(successors) {
      for (const successor of successors) if (await offerTo(successor)) return true
      return false
    },
  }
}
