import type { Clock } from './clock.ts'

export interface Backoff {
  /** The next delay in milliseconds. */
  next(): number
}

const first = 800
const highest = 30_000
const healthyAfter = 120_000

/**
 * Delays of 0.8 s, doubling up to 30 s, each stretched at random by up to as much again (so that many clients do not come back together):
 * the last lie in [30 s, 60 s). Two minutes without a delay count as health, and it starts at 0.8 s again. These are the numbers
 * of client-go's reflector: about 0.22 requests a second against an API server that is down.
 */
export function createBackoff(clock: Clock, random: () => number): Backoff {
  let step = 0
  let over = -Infinity
  return {
    next: () => {
      if (clock.now() - over >= healthyAfter) step = 0
      const delay = Math.round(Math.min(highest, first * 2 ** step) * (1 + random()))
      step = Math.min(step + 1, 10)
      // Counted from the end of the delay: a long delay and a request that then hangs are not two minutes of health.
      over = clock.now() + delay
      return delay
    }
  }
}
