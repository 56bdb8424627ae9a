import type { Clock } from '../cluster/clock.ts'
import type { Follower } from './followers.ts'
import type { Post } from './hand-over.ts'

/** Says hello, and keeps connections open by it. */
export interface Greeter {
  /**
   * On several connections when that has not been done for a while; else once, if `always`, or not at all. Resolves with the answers;
   * never rejects: that nobody answers is told by the reviews that are forwarded.
   */
  readonly greet: (url: string, hello: Follower, always: boolean) => Promise<readonly string[]>
  /** Each of these, where it has not been greeted for a while. Never rejects. */
  readonly greetAll: (others: readonly { readonly url: string }[], hello: Follower) => Promise<void>
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

export function createGreeter(post: Post, clock: Pick<Clock, 'now'>): Greeter {
  const warmedAt = new Map<string, number>()
  const greet: Greeter['greet'] = async (url, hello, always) => {
    const isWarm = clock.now() - (warmedAt.get(url) ?? -Infinity) < warmEvery
    if (!isWarm) {
      if (warmedAt.size >= mostAddresses) warmedAt.clear()
      warmedAt.set(url, clock.now())
    }
    const count = isWarm ? Number(always) : warmConnections
    const answers = await Promise.allSettled(Array.from({ length: count }, () => post(url, '/hello', hello, helloLimit)))
    return answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value.text] : []))
  }
  return { greet, greetAll: async (others, hello) => void await Promise.all(others.map(({ url }) => greet(url, hello, false))) }
}
