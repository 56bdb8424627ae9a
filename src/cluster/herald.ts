import { isDeepStrictEqual } from 'node:util'
import type { Clock } from './clock.ts'
import type { Log } from './delivery.ts'
import type { Tenure } from './tenure.ts'

export interface Herald {
  /** Says what has changed since it was last called, and calls itself when the passing of time alone changes something. */
  readonly tell: () => void
  /** No timer any more. */
  readonly end: () => void
}

const reasons = {
  taken: 'no longer leads: another holds the Lease',
  given: 'no longer leads: it gave the Lease to another',
  stopped: 'no longer leads: it stops',
} as const

export function createHerald(tenure: Tenure, clock: Clock, log: Log, onChange: () => void): Herald {
  let last: { readonly leads: boolean, readonly leader: ReturnType<Tenure['leader']> } = { leads: false, leader: undefined }
  let isEnded = false
  let cancel: (() => void) | undefined
  const say = (hasLed: boolean) => {
    const leader = tenure.leader()
    if (tenure.isLeader()) return log.info({ leader }, 'leads')
    if (!hasLed) return log.info({ leader }, leader === undefined ? 'no leader is known' : 'follows the leader')
    const ending = tenure.ending()
    if (ending === 'given' || ending === 'stopped') return log.info({ leader }, reasons[ending])
    log.warn({ leader }, ending === undefined ? 'no longer leads: the Lease was not renewed in time' : reasons[ending])
  }
  const tell = () => {
    cancel?.()
    const left = isEnded ? undefined : tenure.nextChange()
    // Timers take whole milliseconds; one that came early only waits again.
    cancel = left === undefined ? undefined : clock.after(Math.ceil(left), tell)
    const current = { leads: tenure.isLeader(), leader: tenure.leader() }
    if (isDeepStrictEqual(current, last)) return
    const hasLed = last.leads
    last = current
    say(hasLed)
    onChange()
  }
  return {
    tell,
    end() {
      isEnded = true
      cancel?.()
    },
  }
}
