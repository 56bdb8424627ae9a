/** Time as an argument, so that tests never wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `run` once, `ms` milliseconds from now, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  }
}

/** Waits `ms` milliseconds, or until the signal is aborted; never throws. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted || ms <= 0) return resolve()
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal.addEventListener('abort', done, { once: true })
  })
}

/** A signal that is aborted when `ms` pass without a `touch`, or with its parent. `end` must be called: it leaves no timer behind. */
export interface Deadline {
  readonly signal: AbortSignal
  touch(): void
  end(): void
}

export function createDeadline(clock: Clock, ms: number, parent: AbortSignal, reason: () => Error): Deadline {
  const controller = new AbortController()
  const expire = () => controller.abort(reason())
  const follow = () => controller.abort(parent.reason)
  let cancel = clock.after(ms, expire)
  if (parent.aborted) follow()
  parent.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    touch: () => {
      cancel()
      cancel = clock.after(ms, expire)
    },
    end: () => {
      cancel()
      parent.removeEventListener('abort', follow)
    }
  }
}

/** Never set back or forward, as the time of day is; it stands still while the machine sleeps. Milliseconds since this process began. */
export const monotonicClock: Clock = { now: () => performance.now(), after: (ms, run) => systemClock.after(ms, run) }
