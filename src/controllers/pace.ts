import { pause, type Clock } from '../cluster/clock.ts'

/** Does one thing after the other, no faster than so many a second, and no more than so many at a time. */
export interface Pace {
  /** Waits for a place and for its turn; once the signal is aborted, for the place alone. */
  readonly run: <T>(task: () => Promise<T>) => Promise<T>
  /** Nothing begins before this many milliseconds have passed. */
  readonly hold: (milliseconds: number) => void
}

/** @param spacing milliseconds from one begin to the next */
export function createPace(clock: Clock, spacing: number, mostUnderWay: number, signal: AbortSignal): Pace {
  const waiting: (() => void)[] = []
  let places = mostUnderWay
  let next = 0
  return {
    async run(task) {
      if (places > 0) places -= 1
      else await new Promise<void>(resolve => waiting.push(resolve))
      try {
        const now = clock.now()
        const turn = Math.max(now, next)
        next = turn + spacing
        await pause(clock, turn - now, signal)
        return await task()
      } finally {
        const first = waiting.shift()
        if (first === undefined) places += 1
        else first()
      }
    },
    hold(milliseconds) {
      next = Math.max(next, clock.now() + milliseconds)
    },
  }
}
