import type { Listed } from '../placement/distributor/listed.ts'
import { createGroupCheck, type CheckedNodes } from '../placement/status/group-check.ts'
import type { Complained } from '../placement/status/reasons.ts'

/** One distributor, and what was wrong with its groups when they were looked at last; undefined before. */
export interface Watched {
  readonly listed: Listed
  groups: readonly Complained[] | undefined
}

/** Checks the groups of distributors against the nodes there are. */
export interface GroupWatch {
  readonly of: (one: Watched) => readonly Complained[]
  /** Looks at all again if nodes have changed, but no sooner than ten seconds after the last time. Hands over those that changed. */
  readonly recheck: <One extends Watched>(
    all: Iterable<One>, now: number, breath: () => Promise<void>, tell: (one: One) => void,
  ) => Promise<void>
}

/** Milliseconds between two looks at all: nodes come and go by the dozen, and nobody waits for this. */
const betweenLooks = 10_000

export function createGroupWatch(nodes: CheckedNodes): GroupWatch {
  const check = createGroupCheck(nodes)
  let [version, looked] = [nodes.version(), -Infinity]
  const find = ({ listed: { outcome } }: Watched): readonly Complained[] =>
    ('plan' in outcome ? check(outcome.plan.distributor.groups) : [])
  return {
    of(one) {
      one.groups ??= find(one)
      return one.groups
    },
    async recheck(all, now, breath, tell) {
      if (version === nodes.version() || now - looked < betweenLooks) return
      ;[version, looked] = [nodes.version(), now]
      for (const one of all) {
        await breath()
        const before = one.groups
        one.groups = find(one)
        if (JSON.stringify(before) !== JSON.stringify(one.groups)) tell(one)
      }
    },
  }
}
