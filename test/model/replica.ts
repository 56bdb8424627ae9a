import { createKnowledge, type Knowledge } from '../../src/placement/knowledge.ts'
import { createOwnRace, type OwnRace } from '../../src/placement/seats/own-race.ts'

/** One change in the cluster, as a watch shows it. */
export interface Change {
  readonly at: number
  readonly tell: (knowledge: Knowledge) => void
  /** Whether it is a new plan. */
  readonly replans?: true
  /** The uid of a pod that no longer holds a seat, and its owner's. */
  readonly gone?: { readonly uid: string, readonly owner: string }
}

/** One replica of Versprei: what it knows by a watch of its own, which is late. */
export interface Replica {
  readonly knowledge: Knowledge
  /** What it gives seats out by while it reaches no leader. */
  readonly ownRace: OwnRace
  /** It leads from now on, and holds what it gave out alone until its watch shows it. */
  readonly lead: (now: number) => void
  /** Shows it so many more changes; all there are when absent. */
  readonly show: (now: number, count?: number) => void
  /** Ends the reservations that its watch has left behind, as is done once a second. */
  readonly expire: () => void
  /** The changes that its watch has not shown. */
  readonly unseen: () => readonly Change[]
}

/** @param list everything there is, as a first list shows it; what is in the log by now is in the list */
export function createReplica(log: readonly Change[], list: (knowledge: Knowledge) => void, now: number): Replica {
  const knowledge = createKnowledge('versprei-system')
  list(knowledge)
  let shown = log.length
  let progress = now
  const ownRace = createOwnRace()
  return {
    knowledge, ownRace,
    lead: now => knowledge.revisions.takeOver(ownRace.end(now)),
    show(now, count = Infinity) {
      for (let left = count; left > 0 && shown < log.length; left -= 1) {
        const change = log[shown]!
        change.tell(knowledge)
        progress = Math.max(progress, change.at)
        shown += 1
      }
      // Caught up, a watch is as far as its bookmarks say: now.
      if (shown === log.length) progress = Math.max(progress, now)
    },
    expire: () => void knowledge.revisions.expire(progress, true),
    unseen: () => log.slice(shown),
  }
}
