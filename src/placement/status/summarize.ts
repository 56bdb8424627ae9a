import type { Target } from '../distributor/distributor.ts'
import { mistakesOf, type Listed } from '../distributor/listed.ts'
import type { PreviousCondition } from './read-status.ts'
import type { Complained } from './reasons.ts'
import type { Condition, DistributorStatus, Verdict } from './status.ts'
import { createSums, type Sums } from './sums.ts'
import { tally, type Strays, type Tally } from './tally.ts'
import { judgeBalanced, judgeConflict, judgeDegraded, judgeReady, type Rival } from './verdicts.ts'

/** All that the status of one distributor is told from. */
export interface Facts {
  readonly listed: Listed
  /** How its revisions stand; undefined: it has none, or is invalid. */
  readonly sums: Sums | undefined
  readonly strays: Strays
  /** The gravest first. */
  readonly complaints: readonly Complained[]
  /** The distributor that decides instead. */
  readonly rival: Rival | undefined
  /** As the last status has them: they know since when. */
  readonly previous: readonly PreviousCondition[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The status of one distributor. The same facts later give the same status: a condition keeps its time while its status is the same. */
export function summarize(facts: Facts): DistributorStatus {
  const { listed, sums, strays, complaints, rival } = facts
  const plan = 'plan' in listed.outcome ? listed.outcome.plan : undefined
  const counted = plan === undefined ? undefined : tally(plan, sums ?? createSums(plan.distributor.groups), strays)
  const isDeciding = plan !== undefined && rival === undefined
  const { groups = [], enforcement } = plan?.distributor ?? {}
  const target = listed.target === undefined ? undefined : nameTarget(listed.target)
  const verdicts: readonly Verdict[] = [
    judgeReady(target ?? 'it', mistakesOf(listed), rival, enforcement),
    judgeBalanced(groups, isDeciding ? counted : undefined, enforcement),
    judgeDegraded(isDeciding ? complaints : []),
    judgeConflict(listed, target ?? 'it', rival),
  ]
  return {
    observedGeneration: listed.generation,
    ...target === undefined ? {} : { target },
    ...counted === undefined ? {} : count(counted, groups),
    conditions: verdicts.map(verdict => since(verdict, facts)),
  }
}

/** `Deployment/web`; `Deployment/*` for every one of its kind. */
export function nameTarget({ kind, name = '*' }: Target): string {
  return `${kind}/${name}`
}

function count(counted: Tally, groups: readonly { readonly name: string }[]): Omit<DistributorStatus, 'observedGeneration' | 'conditions'> {
  const { pods, assigned, ready, wanted, full, deviation, strays } = counted
  return {
    pods,
    split: assigned.join('/'),
    wanted: wanted.join('/'),
    deviation: String(Math.round(deviation * 100) / 100),
    groups: groups.map(({ name }, group) => ({
      name, wanted: wanted[group] ?? 0, assigned: assigned[group] ?? 0, ready: ready[group] ?? 0,
      state: full[group] === true ? 'Full' : 'Open',
    })),
    strays,
  }
}

function since({ type, status, reason, message }: Verdict, { listed: { generation }, previous, now }: Facts): Condition {
  const before = previous.find(one => one.type === type)
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : new Date(now).toISOString().replace(/\.\d+Z$/u, 'Z')
  return { type, status, observedGeneration: generation, lastTransitionTime, reason, message }
}
