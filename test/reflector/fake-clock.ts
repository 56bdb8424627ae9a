import type { Clock } from '../../src/cluster/clock.ts'

interface Timer { readonly ms: number, readonly run: () => void }

/** The time-outs of the reflector: a test fires them by hand. Every other timer is a pause, and is over at once. */
const limits = new Set([60_000, 150_000])

export interface FakeClock extends Clock {
  /** The pauses asked for so far, in milliseconds. */
  readonly pauses: number[]
  /** How often a time-out was set or put off. */
  timeouts(): number
  /** Timers that wait, in milliseconds. */
  pending(): number[]
  /** Lets a time-out of `ms` come. */
  fire(ms: number): void
  advance(ms: number): void
  /** From now on pauses last until fired. */
  hold(): void
}

export const createFakeClock = (start = 1_000_000): FakeClock => {
  let now = start
  let held = false
  let timeouts = 0
  const pauses: number[] = []
  const timers = new Set<Timer>()
  const end = (timer: Timer) => {
    if (!timers.delete(timer)) return
    now += timer.ms
    timer.run()
  }
  return {
    pauses,
    now: () => now,
    after: (ms, run) => {
      const timer = { ms, run }
      timers.add(timer)
      if (limits.has(ms)) timeouts++
      else {
        pauses.push(ms)
        if (!held) setImmediate(end, timer)
      }
      return () => { timers.delete(timer) }
    },
    timeouts: () => timeouts,
    pending: () => [...timers].map(({ ms }) => ms),
    fire: ms => {
      const timer = [...timers].find(timer => timer.ms === ms)
      if (timer === undefined) throw new Error(`no timer of ${ms} ms waits`)
      end(timer)
    },
    advance: ms => { now += ms },
    hold: () => { held = true }
  }
}

/** Resolves when the condition holds; the test's own time-out is the limit. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 1))
}
