import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../cluster/clock.ts'

/** To be awaited between two steps of a long piece of work: lets reviews have their turn when there was none for a while. */
export type Breath = () => Promise<void>

/** Milliseconds of computing after which reviews have their turn. */
const slice = 2

export function createBreath(clock: Clock): Breath {
  let began = clock.now()
  return async () => {
    const passed = clock.now() - began
    // The time of day may be set back.
    if (passed >= 0 && passed < slice) return
    await setImmediate()
    began = clock.now()
  }
}
