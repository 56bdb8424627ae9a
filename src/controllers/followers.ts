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

/** The replicas that the leader has heard of lately. */
export interface Followers {
  readonly heard: (follower: Follower) => void
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
  const recent = (): readonly Follower[] => {
    for (const [identity, { at }] of heardAt) if (now() - at > memory) heardAt.delete(identity)
    return [...heardAt.values()].toSorted((a, b) => b.at - a.at).map(({ follower }) => follower)
  }
  return {
    heard: follower => void heardAt.set(follower.identity, { follower, at: now() }),
    successors: () => recent().filter(({ ready }) => ready),
    others: ({ identity }) => recent().filter(follower => follower.identity !== identity),
    all: recent,
    allHold: fingerprint => recent().every(({ holds }) => holds?.includes(fingerprint) === true),
  }
}
