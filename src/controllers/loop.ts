import { pause, type Clock } from '../cluster/clock.ts'
import { message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'

/** Does the same again and again, with a rest in between. */
export interface Loop {
  readonly start: () => void
  /** Ends the rest. */
  readonly wake: () => void
  /** Resolves when the turn under way has ended; no timer is left. */
  readonly stop: () => Promise<void>
  readonly isStopped: () => boolean
}

/** Milliseconds of rest after a turn that threw: the first time, and in the end. */
const [firstDelay, lastDelay] = [1000, 60_000]

/**
 * A turn that throws is told, once while it is the same, and the next one comes later each time: nothing that a loop does may end the
 * process, which answers reviews.
 *
 * @param turn returns how long to rest, in milliseconds
 */
export function createLoop(clock: Clock, turn: () => Promise<number>, log: Pick<Log, 'warn'>): Loop {
  const stopping = new AbortController()
  let resting = new AbortController()
  let running: Promise<void> | undefined
  let [failures, trouble] = [0, '']
  const turnSafely = async (): Promise<number> => {
    try {
      const rest = await turn()
      failures = 0
      return rest
    } catch (error) {
      if (failures === 0 || message(error) !== trouble) log.warn({ err: error }, `a turn ended early: ${message(error)}; going on`)
      trouble = message(error)
      failures += 1
      return Math.min(lastDelay, firstDelay * 2 ** (failures - 1))
    }
  }
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const rest = await turnSafely()
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
