import type { News } from './news.ts'
import type { PreviousCondition } from './read-status.ts'

/** Milliseconds that pods stand wrong before an event says so: while a workload scales, rolls or is adopted, they do for a moment. */
const patience = 30_000

/** Tells by an event when a distributor has not been balanced for a while, and when it is again; not every flutter of the condition. */
export interface BalanceNews {
  /** Notes what the last status says; `isOld`: it was written by another replica, whose events have been told. */
  readonly note: (key: string, balanced: PreviousCondition | undefined, now: number, isOld?: boolean) => News | undefined
  /** Those whose patience has ended, each once. */
  readonly due: (now: number) => readonly (readonly [key: string, news: News])[]
  readonly forget: (key: string) => void
}

export function createBalanceNews(): BalanceNews {
  const off = new Map<string, { readonly since: number, note: string, isTold: boolean }>()
  return {
    note(key, balanced, now, isOld = false) {
      const before = off.get(key)
      if (balanced?.status === 'False') {
        const since = before?.since ?? Date.parse(balanced.lastTransitionTime)
        off.set(key, { since, note: balanced.message, isTold: before?.isTold ?? (isOld && now - since >= patience) })
        return undefined
      }
      off.delete(key)
      return before?.isTold === true && balanced?.status === 'True'
        ? { type: 'Normal', reason: 'Balanced', note: balanced.message } : undefined
    },
    due(now) {
      return [...off].flatMap(([key, one]) => {
        if (one.isTold || now - one.since < patience) return []
        one.isTold = true
        return [[key, { type: 'Warning', reason: 'PodsStandWrong', note: one.note }] as const]
      })
    },
    forget: key => void off.delete(key),
  }
}
