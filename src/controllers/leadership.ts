import type { Clock } from '../cluster/clock.ts'
import type { Log } from '../cluster/delivery.ts'
import type { Election } from '../cluster/election.ts'
import type { Leader } from '../cluster/lease.ts'
import { readGivenSeat } from '../placement/seats/given-seat.ts'
import type { Revisions } from '../placement/seats/revisions.ts'
import { createFollowers, type Follower, type Prospect } from './followers.ts'
import { createGreeter } from './greeter.ts'
import { createHandOver, type Post } from './hand-over.ts'
import { createSettling } from './settling.ts'
import { createSuccession } from './succession.ts'

export interface LeadershipOptions {
  readonly self: Leader & { readonly url: string, readonly version?: string }
  readonly election: Pick<Election, 'isLeader' | 'leader' | 'takeFrom' | 'yield' | 'look' | 'stop'>
  readonly post: Post
  /** The other followers, in the leader's answer to a hello. */
  readonly peersIn: (text: string) => readonly { readonly url: string }[]
  readonly revisions: Pick<Revisions, 'handOver' | 'takeOver'>
  /** Whether this replica could lead at once. */
  readonly isReady: () => boolean
  /** Fingerprints of the certificates that this replica serves, shows and trusts. */
  readonly holds: () => readonly string[]
  /** Monotonic. */
  readonly clock: Clock
  readonly log: Log
}

/** What becomes of an offer of the lead. `not-taken`: the Lease could not be written, or another was faster; a next try may succeed. */
export type TakenLead = 'taken' | 'not-taken' | 'not-ready'

/** Which replica gives out the seats, and how that passes from one to the next without a seat given twice. */
export interface Leadership {
  /** Whether this replica gives out the seats at this moment. */
  readonly isLeading: () => boolean
  /** Whether the Lease is ours at this moment, which is what entitles to write. */
  readonly mayWrite: () => boolean
  /** Whom to ask instead; undefined: nobody is known. */
  readonly other: () => Leader | undefined
  /**
   * Resolves once it is settled who leads; undefined: it is. Reviews wait for it, for some milliseconds and never for more than a second.
   */
  readonly settling: () => Promise<void> | undefined
  /** A replica says that it follows us. Answers with the others that do; undefined: we do not lead. */
  readonly hello: (follower: Follower) => readonly Follower[] | undefined
  /**
   * Says hello to the leader, if that is another; now and then on several connections at once, and to the followers, one of which may lead
   * next: connections are to be there when a burst comes, or the lead passes on in the middle of one. Never rejects.
   */
  readonly greet: () => Promise<void>
  /** The leader asks us to take its Lease; resolves whether we have, or could not even try. Its seats are to follow. */
  readonly takeLead: (from: Leader) => Promise<TakenLead>
  /** The seats of the leader whose Lease we have taken; false: we do not lead. */
  readonly takeSeats: (seats: readonly unknown[]) => boolean
  /** Before we end: another takes the Lease, then our seats. Resolves whether one did. Never rejects. */
  readonly handOver: () => Promise<boolean>
  /** Who could lead next, as far as a leader knows. */
  readonly prospect: () => Prospect
  /** Gives the Lease up to whoever wants it, and takes it no more. Never rejects. */
  readonly resign: () => Promise<void>
  /** Whether another replica answers; asked of one that does not lead. Never rejects. */
  readonly isAnybodyThere: () => Promise<boolean>
  /** The replicas that follow this one; none where it does not lead. */
  readonly followers: () => readonly Follower[]
  /** Whether each follower has said that it holds the certificate with this fingerprint. */
  readonly allHold: (fingerprint: string) => boolean
  /** Whether the lead was taken from another a moment ago: reviews come first then, and what else a leader does can wait. */
  readonly isFresh: () => boolean
}

export function createLeadership({ self, election, post, peersIn, revisions, isReady, holds, clock, log }: LeadershipOptions): Leadership {
  const followers = createFollowers(() => clock.now())
  const settling = createSettling(clock)
  const handOver = createHandOver({ self, election, post, revisions, settling, onRefused: followers.refused, log })
  const succession = createSuccession(clock)
  const greeter = createGreeter(post, peersIn, clock)
  const hello = (): Follower => ({ ...self, ready: isReady(), holds: holds() })
  const isOurs = (): boolean => handOver.isRegent() || (succession.awaits() === undefined && election.isLeader())
  return {
    isLeading: () => settling.current() === undefined && isOurs(),
    mayWrite: () => election.isLeader(),
    other: () => (isOurs() ? undefined : succession.awaits() ?? election.leader()),
    settling: settling.current,
    hello(follower) {
      if (!election.isLeader()) return undefined
      followers.heard(follower)
      return followers.others(follower)
    },
    async greet() {
      followers.follow(election.isLeader())
      if (election.isLeader()) await greeter.greetFollowers(followers.successors(), hello())
      else await greeter.greetLeader(election.leader()?.url, hello())
    },
    async takeLead(from) {
      if (!isReady()) return 'not-ready'
      succession.begin(from)
      const isTaken = await election.takeFrom(from.identity)
      succession.settle(isTaken)
      if (!isTaken) return 'not-taken'
      log.info({ from }, 'took the lead from a replica that is about to end')
      return 'taken'
    },
    takeSeats(seats) {
      // Late ones are worth as much: those whose pods are there by now are passed over.
      if (!election.isLeader()) return false
      revisions.takeOver(seats.map(readGivenSeat).filter(seat => seat !== undefined))
      succession.end()
      return true
    },
    handOver: async () => election.isLeader() && await handOver.offer(followers.successors()),
    prospect: followers.prospect,
    resign: election.stop,
    isAnybodyThere: async () => !election.isLeader() && await greeter.isAnybodyThere(election.leader()?.url, hello()),
    followers: () => (election.isLeader() ? followers.all() : []),
    allHold: followers.allHold,
    isFresh: succession.isFresh,
  }
}

/** Without a Lease, one replica leads for ever. */
export const alone: Leadership = {
  isLeading: () => true,
  mayWrite: () => true,
  other: () => undefined,
  settling: () => undefined,
  hello: () => undefined,
  greet: () => Promise.resolve(),
  takeLead: () => Promise.resolve('not-ready'),
  takeSeats: () => false,
  handOver: () => Promise.resolve(false),
  prospect: () => 'nobody',
  resign: () => Promise.resolve(),
  isAnybodyThere: () => Promise.resolve(false),
  followers: () => [],
  allHold: () => true,
  isFresh: () => false,
}
