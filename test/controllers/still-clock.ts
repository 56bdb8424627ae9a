import type { Clock } from '../../src/cluster/clock.ts'

interface Timer { readonly at: number, readonly run: () => void }

/** A clock that stands still until it is told the time; timers then run in order, and what they set off has its turn. */
export const createStillClock = () => {
  let now = 0
  const timers = new Set<Timer>()
  const clock: Clock = {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
  }
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => { setImmediate(resolve) })
  }
  const advance = async (ms: number) => {
    const end = now + ms
    for (;;) {
      await settle()
      const [first] = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
      if (first === undefined) break
      now = first.at
      timers.delete(first)
      first.run()
    }
    now = end
    await settle()
  }
  return { clock, advance, pending: () => timers.size }
}
