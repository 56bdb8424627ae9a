import type { Clock } from '../cluster/clock.ts'
import type { Follower } from './followers.ts'
import type { Post } from './hand-over.ts'

interface Peer {
  readonly url: string
}

/** Says hello, and keeps connections open by it. None of it rejects: that nobody answers is told by the reviews that are forwarded. */
export interface Greeter {
  /** The leader, and the followers that it names where that has not been done for a while: one of them may lead next. */
  readonly greetLeader: (url: string | undefined, hello: Follower) => Promise<void>
  /** Each of these, where it has not been greeted for a while. */
  readonly greetFollowers: (followers: readonly Peer[], hello: Follower) => Promise<void>
  /** Whether the leader, or one of the followers that one named last, answers. Where nobody does they are asked three times. */
  readonly isAnybodyThere: (leader: string | undefined, hello: Follower) => Promise<boolean>
}

/** Milliseconds. */
const helloLimit = 1000
/**
 * Milliseconds; idle connections are kept for a minute (`admission/peer-client.ts`). A handshake of both sides costs some milliseconds of
 * CPU.
 */
const warmEvery = 25_000
const warmConnections = 4
/** Addresses that are remembered: replicas come and go. */
const mostAddresses = 100

/** A replica that is busy may not answer within a second. */
const tries = 3

/** @param peersIn the followers that the text of an answer names */
export function createGreeter(post: Post, peersIn: (text: string) => readonly Peer[], clock: Pick<Clock, 'now'>): Greeter {
  const warmedAt = new Map<string, number>()
  let named: readonly Peer[] = []
  /** On several connections when that has not been done for a while; else once, if `always`, or not at all. Resolves with the answers. */
  const greet = async (url: string, hello: Follower, always: boolean): Promise<readonly string[]> => {
    const isWarm = clock.now() - (warmedAt.get(url) ?? -Infinity) < warmEvery
    if (!isWarm) {
      if (warmedAt.size >= mostAddresses) warmedAt.clear()
      warmedAt.set(url, clock.now())
    }
    const count = isWarm ? Number(always) : warmConnections
    const answers = await Promise.allSettled(Array.from({ length: count }, () => post(url, '/hello', hello, helloLimit)))
    return answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value.text] : []))
  }
  const greetFollowers: Greeter['greetFollowers'] = async (followers, hello) =>
    void await Promise.all(followers.map(({ url }) => greet(url, hello, false)))
  return {
    greetFollowers,
    async greetLeader(url, hello) {
      if (url === undefined) return
      const [answer] = await greet(url, hello, true)
      if (answer === undefined) return
      const others = peersIn(answer)
      if (others.length > 0) named = others
      await greetFollowers(others, hello)
    },
    async isAnybodyThere(leader, hello) {
      const urls = new Set([...(leader === undefined ? [] : [leader]), ...named.map(({ url }) => url)])
      for (let left = tries; left > 0 && urls.size > 0; left -= 1) {
        const answers = await Promise.all([...urls].map(url => greet(url, hello, true)))
        if (answers.flat().length > 0) return true
      }
      return false
    },
  }
}
