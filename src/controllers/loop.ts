import { pause, type Clock } from '../cluster/clock.ts'

/** Does the same again and again, with a rest in between. */
export interface Loop {
  readonly start: () => void
  /** Ends the rest. */
  readonly wake: () => void
  /** Resolves when the turn under way has ended; no timer is left. */
  readonly stop: () => Promise<void>
  readonly isStopped: () => boolean
}

/** @param turn returns how long to rest, in milliseconds; must not reject */
export function createLoop(clock: Clock, turn: () => Promise<number>): Loop {
  const stopping = new AbortController()
  let resting = new AbortController()
  let running: Promise<void> | undefined
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const rest = await turn()
      resting = new AbortController()
      if (!stopping.signal.aborted) await pause(clock, rest, resting.signal)
    }
  }
  return {
    start() {
      running ??= run()
    },
    wake: () => resting.abort(),
    async stop() {
      stopping.abort()
      resting.abort()
      await running
    },
    isStopped: () => stopping.signal.aborted,
  }
}
