import type { Clock } from '../cluster/clock.ts'

/** A time in which nothing of a kind is tried, because it would fail. Longer each time, until something succeeds. */
export interface Hold {
  readonly isOn: () => boolean
  /**
   * Something failed. What was under way beside it and fails too makes it no longer.
   *
   * @param atLeast milliseconds, where the API server asked for them
   */
  readonly begin: (atLeast: number | undefined) => void
  /** Something succeeded. */
  readonly end: () => void
}

/** @param delays milliseconds: the first time, and at most; each is twice the one before */
export function createHold(clock: Pick<Clock, 'now'>, [first, longest]: readonly [number, number]): Hold {
  let until = -Infinity
  let times = 0
  const isOn = (): boolean => clock.now() < until
  return {
    isOn,
    begin(atLeast = 0) {
      const delay = isOn() ? 0 : Math.min(longest, first * 2 ** times)
      if (!isOn()) times += 1
      until = Math.max(until, clock.now() + Math.max(delay, atLeast))
    },
    end() {
      until = -Infinity
      times = 0
    },
  }
}
