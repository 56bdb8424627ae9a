import type { Leader } from '../cluster/lease.ts'

/** A replica that said hello to the leader. */
export interface Follower extends Leader {
  readonly url: string
  /** Whether it could lead at once. */
  readonly ready: boolean
  /** Undefined: it does not say. */
  readonly version?: string
  /** Fingerprints of the certificates that it serves, shows and trusts; undefined: it does not say. */
  readonly holds?: readonly string[]
}

/**
 * `ready`: one said lately that it could lead at once. `maybe`: there is one that is not ready, or the leader leads for so short a time
 * that not each has said hello. `nobody`: no other is there.
 */
export type Prospect = 'ready' | 'maybe' | 'nobody'

/** The replicas that the leader has heard of lately. */
export interface Followers {
  readonly heard: (follower: Follower) => void
  /** It did not want the lead, or is gone: it does not count as ready before it says so again. */
  readonly refused: (follower: Pick<Follower, 'identity'>) => void
  /** To be told now and then, and at each change, whether it is this replica that they follow. */
  readonly follow: (us: boolean) => void
  /** Who could lead next. */
  readonly prospect: () => Prospect
  /** Those that could lead at once, the one heard of last first. */
  readonly successors: () => readonly Follower[]
  /** All but this one. */
  readonly others: (than: Follower) => readonly Follower[]
  /** All of them. */
  readonly all: () => readonly Follower[]
  /** Whether each has said that it holds the certificate with this fingerprint. */
  readonly allHold: (fingerprint: string) => boolean
}

/** Milliseconds for which a hello counts; one comes every two seconds. */
const memory = 7000

/** @param now milliseconds, monotonic */
export function createFollowers(now: () => number): Followers {
  const heardAt = new Map<string, { readonly follower: Follower, readonly at: number }>()
  /** Since when they follow us; Infinity: they do not. */
  let from = Infinity
  const recent = (): readonly Follower[] => {
    for (const [identity, { at }] of heardAt) if (now() - at > memory) heardAt.delete(identity)
    return [...heardAt.values()].toSorted((a, b) => b.at - a.at).map(({ follower }) => follower)
  }
  return {
    heard: follower => void heardAt.set(follower.identity, { follower, at: now() }),
    refused({ identity }) {
      const known = heardAt.get(identity)
      if (known !== undefined) heardAt.set(identity, { ...known, follower: { ...known.follower, ready: false } })
    },
    follow(us) {
      from = us ? Math.min(from, now()) : Infinity
    },
    prospect() {
      const all = recent()
      if (all.some(({ ready }) => ready)) return 'ready'
      return all.length > 0 || now() - from < memory ? 'maybe' : 'nobody'
    },
    successors: () => recent().filter(({ ready }) => ready),
    others: ({ identity }) => recent().filter(follower => follower.identity !== identity),
    all: recent,
    allHold: fingerprint => recent().every(({ holds }) => holds?.includes(fingerprint) === true),
  }
}
