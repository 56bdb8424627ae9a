/**
 * What has happened to a revision since it was last an exact prefix of its sequence, for which it may be off. Empty: it may not.
 * Each number is how many pods may be wrong by it.
 */
export interface Excuses {
  /** Leaderless times in which a replica gave out a seat of its own race. */
  readonly races: Set<number>
  /** Pods that no admission placed: their calls were lost with a killed process, or nobody answered. */
  strays: number
  /** Pods gone of which whoever gave out the next seat did not know: a leader with a late watch, or a race of its own, which looks at none. */
  readonly unseenGone: Set<string>
  /** Pods admitted and refused afterwards: their seats are reserved for a while. */
  refused: number
  /** When a seat was last reserved for a pod that will never be seen. */
  phantomAt: number
  /** Pods that scaling in took out of turn, because they were not Ready, and those gone before it that were not replaced. */
  holes: number
  /** The distributor changed while there were pods, so that nothing can be said of how they stand. */
  changed: boolean
}

export function noExcuses(): Excuses {
  return { races: new Set(), strays: 0, unseenGone: new Set(), refused: 0, phantomAt: -Infinity, holes: 0, changed: false }
}

export function isExcused(excuses: Excuses): boolean {
  return excuses.races.size > 0 || excuses.changed || wrongPods(excuses) > 0
}

/** How many pods may be wrong beyond what races and the bound explain. */
export function wrongPods({ strays, unseenGone, refused, holes }: Excuses): number {
  return strays + unseenGone.size + refused + holes
}
