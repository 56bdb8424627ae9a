import type { Listed } from '../placement/distributor/listed.ts'
import type { Emit } from './emit.ts'
import type { Findings } from './findings.ts'
import type { PatchOutcome } from './pod-patches.ts'

/** Counts, of one look at a namespace, what was adopted and what was left. */
export interface Tally {
  /** A pod that is left as it is; `standing`: the group whose node it stands on. */
  readonly stray: (listed: Listed, standing: string | undefined) => void
  /** What came of adopting a pod into a group. */
  readonly note: (listed: Listed, group: string | undefined, outcome: PatchOutcome) => void
  /** Whether a patch failed that may succeed soon. */
  readonly failed: () => boolean
  /** Pods that are left as they are, of all distributors. */
  readonly left: () => number
  /** Tells the counts of each of these distributors, zero included, and an event for each that adopted pods. */
  readonly report: (distributors: readonly Listed[], findings: Findings, emit: Emit) => void
}

interface Counts {
  pods: number
  readonly standing: Map<string, number>
  readonly adopted: Map<string, number>
}

export function createTally(): Tally {
  const byName = new Map<string, Counts>()
  let anyFailed = false
  const countsOf = ({ name }: Listed): Counts => {
    const counts = byName.get(name) ?? { pods: 0, standing: new Map(), adopted: new Map() }
    byName.set(name, counts)
    return counts
  }
  const stray: Tally['stray'] = (listed, group) => {
    const counts = countsOf(listed)
    counts.pods += 1
    if (group !== undefined) count(counts.standing, group)
  }
  return {
    stray,
    note(listed, group, outcome) {
      if (outcome === 'failed') anyFailed = true
      if (outcome === 'done') count(countsOf(listed).adopted, group ?? '')
      else if (outcome !== 'gone') stray(listed, group)
    },
    failed: () => anyFailed,
    left: () => byName.values().reduce((sum, { pods }) => sum + pods, 0),
    report(distributors, findings, emit) {
      for (const listed of distributors) {
        const { pods, standing, adopted } = countsOf(listed)
        findings.setStrays(listed, { pods, standing })
        const { namespace, name, uid } = listed
        if (adopted.size > 0) {
          emit({ regarding: { namespace, name, uid }, type: 'Normal', reason: 'Adopted', note: noteOf(listed, adopted) })
        }
      }
    },
  }
}

function count(counts: Map<string, number>, group: string): void {
  counts.set(group, (counts.get(group) ?? 0) + 1)
}

/** "12 pods adopted: 8 in type-default, 4 in type-spot", in the order of `spec.distribution`. */
function noteOf({ outcome }: Listed, adopted: ReadonlyMap<string, number>): string {
  const groups = 'plan' in outcome ? outcome.plan.distributor.groups : []
  const parts = groups.flatMap(({ name }) => (adopted.has(name) ? [`${adopted.get(name)} in ${name}`] : []))
  const pods = adopted.values().reduce((sum, one) => sum + one, 0)
  return `${pods} ${pods === 1 ? 'pod' : 'pods'} adopted: ${parts.join(', ')}`
}
