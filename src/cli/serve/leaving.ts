import type { Leadership } from '../../controllers/leadership.ts'
import type { Withdrawal } from './registering.ts'

export interface LeavingOptions {
  readonly lead: () => Pick<Leadership, 'mayWrite' | 'handOver' | 'prospect' | 'resign' | 'isAnybodyThere'>
  /** Has the API server call nobody; resolves what came of it. Never rejects. */
  readonly unregister: () => Promise<Withdrawal>
  /** Milliseconds in which another replica that is not ready yet may become it. */
  readonly patience: number
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

/** What a replica that is asked to end sees to: another takes the lead, or else the API server calls nobody. */
export interface Leaving {
  /** From now on, while it answers still. */
  readonly begin: () => void
  /** Whether calls still have to come to this replica, since there may be no other that they could go to. */
  readonly isNeeded: () => boolean
  /** Resolves when it may stop answering. Never rejects. */
  readonly finish: () => Promise<void>
}

/** How often the lead is offered again while nobody takes it, in milliseconds: a replica may be about to be ready. */
const offerEvery = 500
/** Milliseconds from when the entry is gone until no API server goes by it; each follows it by a watch. Meanwhile it is answered. */
const noticeTime = 1000
/** Milliseconds for which it answers on once another leads: that one may be registered by then, and not yet the endpoint of its Service. */
const endpointTime = 3000
/** How often the entry is tried to be taken back at the very end; one try may take some seconds. */
const lastTries = 3

/**
 * A follower that is ready takes the lead, and the entry stays: also where the Lease cannot be passed on in time, since the API server is
 * slow, for it answers, and leads as soon as the Lease is released. Where there is none, the entry is taken back at once: what was the last
 * endpoint is not called for long, whatever it still answers. Then the Lease is given up, for there may be a replica all the same, to which
 * the way is cut. One that may be about to be ready is waited for, a little: it registers again in any case, once it leads. Whoever does
 * not lead has somebody who sees to it, unless nobody answers who might.
 */
export function createLeaving({ lead, unregister, patience, elapsed, wait }: LeavingOptions): Leaving {
  let begun: Promise<void> | undefined
  let [givenAt, isWithdrawn, uncalledAt] = [Infinity, false, Infinity]
  const ending = new AbortController()
  const takeBack = async (): Promise<void> => {
    const outcome = await unregister()
    isWithdrawn = outcome !== 'failed'
    if (isWithdrawn) uncalledAt = elapsed() + (outcome === 'done' ? noticeTime : 0)
  }
  const takeBackAtLast = async (left: number): Promise<void> => {
    await takeBack()
    if (isWithdrawn || left === 1) return
    await wait(offerEvery)
    await takeBackAtLast(left - 1)
  }
  const leave = async (): Promise<void> => {
    let hopedAt = elapsed()
    while (!ending.signal.aborted && lead().mayWrite()) {
      if (await lead().handOver()) {
        givenAt = elapsed()
        return
      }
      // The Lease may be another's all the same: where the API server is slow, word of that comes too late. Whoever has it keeps the entry.
      if (!lead().mayWrite()) return
      const prospect = lead().prospect()
      if (prospect === 'ready') hopedAt = elapsed()
      const isHopeless = prospect === 'nobody' || (prospect === 'maybe' && elapsed() - hopedAt >= patience)
      if (isHopeless && !isWithdrawn) await takeBack()
      else if (prospect === 'nobody' && elapsed() >= uncalledAt) await lead().resign()
      await wait(offerEvery, ending.signal)
    }
  }
  /** Whether it is for this replica to see that nobody is called. */
  const isLast = async (): Promise<boolean> => {
    if (lead().mayWrite()) return lead().prospect() !== 'ready'
    return !await lead().isAnybodyThere()
  }
  return {
    begin() {
      begun ??= leave()
    },
    isNeeded: () => begun !== undefined && givenAt === Infinity && lead().mayWrite() && elapsed() < uncalledAt,
    async finish() {
      ending.abort()
      await begun
      if (givenAt !== Infinity) return wait(Math.max(0, givenAt + endpointTime - elapsed()))
      if (!isWithdrawn && await isLast()) await takeBackAtLast(lastTries)
      if (isWithdrawn) await wait(Math.max(0, uncalledAt - elapsed()))
    },
  }
}
