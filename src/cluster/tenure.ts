import type { Clock } from './clock.ts'
import { leaseDuration, parsePeerUrl, type Leader, type LeaseRecord } from './lease.ts'

/** One instant by both clocks: the monotonic one stands still while the machine sleeps, the wall clock may be set. */
export interface Moment { readonly at: number, readonly wall: number }

/** Why leadership ended, when it did not just run out. */
export type Ending = 'taken' | 'given' | 'stopped'

/** What one replica may believe now, from what it has seen and when by its own clocks it saw it. It asks and writes nothing. */
export interface Tenure {
  readonly moment: () => Moment
  readonly isLeader: () => boolean
  readonly leader: () => Leader | undefined
  /** Whether the Lease as last seen may be acquired: ours, released, or unchanged for as long as it is valid. */
  readonly isFree: () => boolean
  /** The Lease as last seen; undefined when there was none. */
  readonly lease: () => LeaseRecord | undefined
  /** Milliseconds until `isLeader` or `leader` changes when nothing else happens. */
  readonly nextChange: () => number | undefined
  readonly ending: () => Ending | undefined
  /** What a look saw that began at `asked`, by the monotonic clock. */
  readonly observe: (seen: LeaseRecord | undefined, asked: number) => void
  /** We wrote the Lease; `moment` is from before that was sent, so that no other can count from an earlier one. */
  readonly renew: (written: LeaseRecord, moment: Moment) => void
  readonly follow: (leader: Leader) => void
  readonly end: (ending: Ending) => void
}

/** Milliseconds without a renewal after which a leader stops: client-go's RenewDeadline. */
export const renewDeadline = 10_000

interface Known { readonly leader: Leader, readonly until: number }

/** What others do, as far as we have seen and heard. */
function createSight(self: Leader, clock: Clock) {
  let seen: LeaseRecord | undefined
  /** Undefined before the first look. */
  let mark: string | undefined
  let looked = -Infinity
  let freeAt = Infinity
  let named: Known | undefined
  let told: Known | undefined
  return {
    lease: () => seen,
    /** By word of a peer, else by the Lease. */
    known: () => [told, named].find(one => one !== undefined && clock.now() < one.until),
    isFree: () => mark !== undefined && (seen?.holder === '' || seen?.holder === self.identity || clock.now() >= freeAt),
    hear(leader: Leader) {
      told = { leader: { identity: leader.identity, url: parsePeerUrl(leader.url) }, until: clock.now() + leaseDuration }
    },
    see(lease: LeaseRecord | undefined, asked: number) {
      const [last, now, valid] = [mark, clock.now(), lease?.duration ?? leaseDuration]
      seen = lease
      mark = lease?.mark ?? ''
      // One absence looks like another: after a long time without a look there may have been a leader in between.
      const isOld = lease === undefined && now - looked > renewDeadline
      looked = now
      const isUnknown = lease?.holder === undefined
      if (!isUnknown && told !== undefined && told.until - leaseDuration <= asked) told = undefined
      if (mark === last && !isOld) return
      freeAt = isUnknown && last === undefined ? now : now + valid
      if (isUnknown) return
      const isOther = lease.holder !== '' && lease.holder !== self.identity
      named = isOther ? { leader: { identity: lease.holder, url: lease.url }, until: now + valid } : undefined
    },
  }
}

/**
 * A Lease that vanished, or that does not name its holder, says nothing of the one who led until now. So it counts as a change: only after
 * a whole lease duration is it free, unless it was like that when we looked for the first time.
 */
export function createTenure(self: Leader, clock: Clock, wallNow: () => number): Tenure {
  const sight = createSight(self, clock)
  let renewal: Moment | undefined
  let ending: Ending | undefined
  const left = ({ at }: Moment) => at + renewDeadline - clock.now()
  // Set back or forward: either way it cannot tell how long it was.
  const isLeader = () => renewal !== undefined && left(renewal) > 0 && Math.abs(wallNow() - renewal.wall) < renewDeadline
  const end = (why: Ending) => {
    if (renewal !== undefined) ending = why
    renewal = undefined
  }
  return {
    isLeader,
    end,
    moment: () => ({ at: clock.now(), wall: wallNow() }),
    leader: () => isLeader() ? self : sight.known()?.leader,
    isFree: sight.isFree,
    lease: sight.lease,
    ending: () => ending,
    nextChange() {
      if (renewal !== undefined && isLeader()) return left(renewal)
      const known = sight.known()
      return known && known.until - clock.now()
    },
    observe(lease, asked) {
      sight.see(lease, asked)
      if (lease?.holder !== undefined && lease.holder !== self.identity) end('taken')
    },
    renew(written, moment) {
      sight.see(written, clock.now())
      ending = undefined
      renewal = moment
    },
    follow(leader) {
      if (leader.identity !== self.identity) sight.hear(leader)
    },
  }
}
