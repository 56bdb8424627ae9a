import type { Plan } from '../placement/distributor/plan.ts'
import type { Revision } from '../placement/seats/revision.ts'

/** Knows since when revisions have gaps, and in which nothing can be done about them. */
export interface GapWatch {
  /** Whether a revision has gaps that are worth closing now: nothing has happened in it for a while, and nothing is under way. */
  readonly isDue: (revision: Revision, plan: Plan) => boolean
  readonly begun: (revision: Revision) => void
  /** Whether nothing has happened in it since it was due. */
  readonly isAsBegun: (revision: Revision, plan: Plan) => boolean
  /** @param isNews whether any seat was changed; where none was, it stays as it is until something happens in it */
  readonly closed: (revision: Revision, isNews: boolean) => void
}

/** Milliseconds without a change: a replacement takes its predecessor's seat by itself, a moment later. */
const quiet = 5000
/** Milliseconds from one closing to the next, for one revision. */
const pauseBetween = 10_000

/** Of a revision that has gaps, or had them when it was looked at last. */
interface State {
  readonly plan: Plan
  readonly changes: number
  readonly since: number
  begun: number
  /** Gaps that closing left: of pods that have a seat of their own, or beyond a group's `max`. */
  isFinal: boolean
}

/** @param now milliseconds */
export function createGapWatch(now: () => number): GapWatch {
  const states = new WeakMap<Revision, State>()
  const isSame = (state: State, revision: Revision, plan: Plan): boolean => state.plan === plan && state.changes === revision.changes()
  return {
    isDue(revision, plan) {
      const state = states.get(revision)
      if (state === undefined || !isSame(state, revision, plan)) {
        if (revision.isGapless(plan)) return false
        states.set(revision, { plan, changes: revision.changes(), since: now(), begun: state?.begun ?? -Infinity, isFinal: false })
        return false
      }
      return !state.isFinal && now() - state.since >= quiet && now() - state.begun >= pauseBetween && revision.size().reservations === 0
    },
    begun(revision) {
      const state = states.get(revision)
      if (state !== undefined) state.begun = now()
    },
    isAsBegun(revision, plan) {
      const state = states.get(revision)
      return state !== undefined && isSame(state, revision, plan)
    },
    closed(revision, isNews) {
      const state = states.get(revision)
      if (state !== undefined && !isNews) state.isFinal = true
    },
  }
}
