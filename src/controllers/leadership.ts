import type { Clock } from '../cluster/clock.ts'
import type { Log } from '../cluster/delivery.ts'
import type { Election } from '../cluster/election.ts'
import type { Leader } from '../cluster/lease.ts'
import { readGivenSeat } from '../placement/seats/given-seat.ts'
import type { Revisions } from '../placement/seats/revisions.ts'
import { createFollowers, type Follower } from './followers.ts'
import { createHandOver, seatsLimit, type Post } from './hand-over.ts'
import { createSettling } from './settling.ts'

export interface LeadershipOptions {
  readonly self: Leader & { readonly url: string }
  readonly election: Pick<Election, 'isLeader' | 'leader' | 'takeFrom' | 'yield' | 'look'>
  readonly post: Post
  readonly revisions: Pick<Revisions, 'handOver' | 'takeOver'>
  /** Whether this replica could lead at once. */
  readonly isReady: () => boolean
  /** Monotonic. */
  readonly clock: Clock
  readonly log: Log
}

/** Which replica gives out the seats, and how that passes from one to the next without a seat given twice. */
export interface Leadership {
  /** Whether this replica gives out the seats at this moment. */
  readonly isLeading: () => boolean
  /** Whether the Lease is ours at this moment, which is what entitles to write. */
  readonly mayWrite: () => boolean
  /** Whom to ask instead; undefined: nobody is known. */
  readonly other: () => Leader | undefined
  /** Resolves once it is settled who leads; undefined: it is. Reviews wait for it, for some milliseconds and never for more than a second. */
  readonly settling: () => Promise<void> | undefined
  /** A replica says that it follows us; false: we do not lead. */
  readonly hello: (follower: Follower) => boolean
  /** Says hello to the leader, if that is another; now and then on several connections at once, so that they are there for a burst. Never rejects. */
  readonly greet: () => Promise<void>
  /** The leader asks us to take its Lease; resolves whether we have. Its seats are to follow. */
  readonly takeLead: (from: Leader) => Promise<boolean>
  /** The seats of the leader whose Lease we have taken; false: we do not lead. */
  readonly takeSeats: (seats: readonly unknown[]) => boolean
  /** Before we end: another takes the Lease, then our seats. Resolves whether one did. Never rejects. */
  readonly handOver: () => Promise<boolean>
  readonly followers: () => number
}

/** Milliseconds. */
const helloLimit = 1000
/** Milliseconds; idle connections are kept for a minute (`admission/peer-client.ts`). A handshake of both sides costs some milliseconds of CPU. */
const warmEvery = 25_000
const warmConnections = 4

export function createLeadership({ self, election, post, revisions, isReady, clock, log }: LeadershipOptions): Leadership {
  const followers = createFollowers(() => clock.now())
  const settling = createSettling(clock)
  const handOver = createHandOver({ self, election, post, revisions, settling, log })
  /** From when the Lease is on its way to us until the seats have come, whoever gives them still decides. */
  const awaited = createSettling(clock, seatsLimit)
  let predecessor: Leader | undefined
  let isTaking = false
  let warmed = { url: '', at: -Infinity }
  const isWaiting = (): boolean => predecessor !== undefined && (isTaking || awaited.current() !== undefined)
  const isOurs = (): boolean => handOver.isRegent() || (!isWaiting() && election.isLeader())
  return {
    isLeading: () => settling.current() === undefined && isOurs(),
    mayWrite: () => election.isLeader(),
    other: () => (isOurs() ? undefined : isWaiting() ? predecessor : election.leader()),
    settling: settling.current,
    hello(follower) {
      const isLeader = election.isLeader()
      if (isLeader) followers.heard(follower)
      return isLeader
    },
    async greet() {
      const leader = election.leader()
      if (election.isLeader() || leader?.url === undefined) return
      const { url } = leader
      const isWarm = warmed.url === url && clock.now() - warmed.at < warmEvery
      if (!isWarm) warmed = { url, at: clock.now() }
      const hello = { ...self, ready: isReady() }
      // That nobody answers is told by the reviews that are forwarded.
      await Promise.allSettled(Array.from({ length: isWarm ? 1 : warmConnections }, () => post(url, '/hello', hello, helloLimit)))
    },
    async takeLead(from) {
      if (!isReady()) return false
      predecessor = from
      isTaking = true
      const isTaken = await election.takeFrom(from.identity)
      if (isTaken) awaited.begin()
      isTaking = false
      if (isTaken) log.info({ from }, 'took the lead from a replica that is about to end')
      return isTaken
    },
    takeSeats(seats) {
      // Late ones are worth as much: those whose pods are there by now are passed over.
      if (!election.isLeader()) return false
      revisions.takeOver(seats.map(readGivenSeat).filter(seat => seat !== undefined))
      awaited.end()
      return true
    },
    handOver: async () => election.isLeader() && await handOver.offer(followers.successors()),
    followers: () => (election.isLeader() ? followers.count() : 0),
  }
}

/** Without a Lease, one replica leads for ever. */
export const alone: Leadership = {
  isLeading: () => true,
  mayWrite: () => true,
  other: () => undefined,
  settling: () => undefined,
  hello: () => false,
  greet: () => Promise.resolve(),
  takeLead: () => Promise.resolve(false),
  takeSeats: () => false,
  handOver: () => Promise.resolve(false),
  followers: () => 0,
}
