import type { Leadership } from '../controllers/leadership.ts'

export interface LeavingOptions {
  readonly lead: () => Pick<Leadership, 'mayWrite' | 'handOver' | 'prospect'>
  /** Has the API server call nobody; resolves whether it did until now. */
  readonly unregister: () => Promise<boolean>
  /** Milliseconds from `begin` in which another replica that is not ready yet may become it. */
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

/**
 * A follower that is ready takes the lead, and the entry stays: also where the Lease cannot be passed on in time, since the API server is
 * slow, for it answers, and leads as soon as the Lease is released. Where there is none, the entry is taken back at once: what was the last
 * endpoint is not called for long, whatever it still answers. One that may be about to be ready is waited for, a little: it registers
 * again in any case, once it leads. Whoever does not lead has somebody who sees to it.
 */
export function createLeaving({ lead, unregister, patience, elapsed, wait }: LeavingOptions): Leaving {
  let begun: Promise<void> | undefined
  let isGiven = false
  const ending = new AbortController()
  let withdrawal: Promise<number> | undefined
  /** From when on nobody calls. */
  let uncalledAt = Infinity
  const takeBack = (): Promise<number> => withdrawal ??= unregister().then(isDone => {
    uncalledAt = elapsed() + (isDone ? noticeTime : 0)
    return uncalledAt
  })

  const leave = async (): Promise<void> => {
    const start = elapsed()
    while (!ending.signal.aborted && lead().mayWrite()) {
      isGiven = await lead().handOver()
      // The Lease may be another's all the same: where the API server is slow, word of that comes too late. Whoever has it keeps the entry.
      if (isGiven || !lead().mayWrite()) return
      const prospect = lead().prospect()
      if (prospect === 'nobody' || (prospect === 'maybe' && elapsed() - start >= patience)) await takeBack()
      await wait(offerEvery, ending.signal)
    }
  }
  return {
    begin() {
      begun ??= leave()
    },
    isNeeded: () => begun !== undefined && !isGiven && lead().mayWrite() && elapsed() < uncalledAt,
    async finish() {
      ending.abort()
      await begun
      if (isGiven || (withdrawal === undefined && (!lead().mayWrite() || lead().prospect() === 'ready'))) return
      const at = await takeBack()
      await wait(Math.max(0, at - elapsed()))
    },
  }
}
