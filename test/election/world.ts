import type { Clock } from '../../src/cluster/clock.ts'

interface Event { readonly at: number, readonly owner: Machine | undefined, readonly run: () => void }

/** The clocks of one machine. */
export interface Machine {
  readonly clock: Clock
  readonly wallNow: () => number
  /** Its monotonic clock goes on, and its wall clock; its timers do not run until it is awake again. */
  freeze(): void
  thaw(): void
  /** The clocks have gone on, and no timer has run in between. */
  jump(clocks: { readonly monotonic?: number, readonly wall?: number }): void
}

/** Simulated time: nothing happens unless it is advanced. */
export interface World {
  now(): number
  machine(offset?: number): Machine
  after(ms: number, run: () => void): () => void
  /** Runs what is due, in order; `seen` after each step. */
  advance(ms: number, seen?: () => void): Promise<void>
}

/** Lets every promise that can settle do so. */
export const settle = () => new Promise<void>(resolve => { setImmediate(resolve) })

export const createWorld = (): World => {
  let now = 0
  const events = new Set<Event>()
  const frozen = new Set<Machine>()
  const add = (owner: Machine | undefined, ms: number, run: () => void) => {
    const event = { at: now + Math.max(0, ms), owner, run }
    events.add(event)
    return () => { events.delete(event) }
  }
  const next = (until: number) => {
    let first: Event | undefined
    for (const event of events) {
      const isAsleep = event.owner !== undefined && frozen.has(event.owner)
      if (!isAsleep && event.at <= until && (first === undefined || event.at < first.at)) first = event
    }
    return first
  }
  return {
    now: () => now,
    after: (ms, run) => add(undefined, ms, run),
    machine: (offset = 0) => {
      let [monotonic, wall] = [offset, Date.UTC(2026, 0, 1) + offset]
      const machine: Machine = {
        clock: { now: () => now + monotonic, after: (ms, run) => add(machine, ms, run) },
        wallNow: () => now + wall,
        freeze: () => { frozen.add(machine) },
        thaw: () => { frozen.delete(machine) },
        jump: clocks => {
          monotonic += clocks.monotonic ?? 0
          wall += clocks.wall ?? 0
        },
      }
      return machine
    },
    advance: async (ms, seen = () => {}) => {
      const until = now + ms
      await settle()
      for (let event = next(until); event !== undefined; event = next(until)) {
        events.delete(event)
        now = Math.max(now, event.at)
        event.run()
        await settle()
        seen()
      }
      now = until
    },
  }
}
