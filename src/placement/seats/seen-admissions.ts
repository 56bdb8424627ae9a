import { lifetime } from './reservations.ts'

/** The reviews whose pods the watch has shown of late. */
export interface SeenAdmissions {
  /** @param created when the pod was created, milliseconds since 1970 */
  readonly add: (admission: string, created: number) => void
  readonly has: (admission: string) => boolean
  /** Forgets pods that were created longer ago than any reservation lives. */
  readonly expire: (now: number) => void
}

/**
 * Another replica hands over the seats that it gave out and has not seen taken; ours may have shown those pods already, and they may even
 * be gone again: their seats must not be held twice. Pods older than this cannot be among them; clocks may differ by the same again.
 */
export const longestSeen = 2 * lifetime

export function createSeenAdmissions(): SeenAdmissions {
  const seen = new Map<string, number>()
  return {
    add: (admission, created) => void seen.set(admission, created),
    has: admission => seen.has(admission),
    expire(now) {
      for (const [admission, created] of seen) if (now - created > longestSeen) seen.delete(admission)
    },
  }
}
