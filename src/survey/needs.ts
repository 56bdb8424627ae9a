import type { ClusterState, SurveyedBudget, SurveyedOwner, SurveyedPod } from './cluster-state.ts'
import { createLabelMatch } from './label-selector.ts'
import type { Standing } from './standing.ts'
import { portionOf } from './survival.ts'

/** How many of which pods have to stand, and who says so. */
export interface Need {
  readonly least: number
  readonly by: string
  readonly pods: readonly Standing[]
}

/** What PodDisruptionBudgets ask for, of those that select one of these pods. */
export type NeedsOf = (pods: readonly SurveyedPod[]) => readonly Need[]

interface Prepared {
  readonly matches: (labels: SurveyedPod['labels']) => boolean
  /** Worked out once, when a workload is found that it is about; undefined where it asks for nothing. */
  readonly need: () => Need | undefined
}

/**
 * @param standing every pod that runs. A budget is about all that it selects, of one workload or of several.
 */
export function createNeeds(
  { budgets, owners, pods }: Pick<ClusterState, 'budgets' | 'owners' | 'pods'>, standing: readonly Standing[],
): NeedsOf {
  const podsIn = Map.groupBy(pods, ({ namespace }) => namespace)
  const standingIn = Map.groupBy(standing, ({ pod }) => pod.namespace)
  const byUid = new Map(owners.map(owner => [owner.uid, owner]))
  const prepare = (budget: SurveyedBudget): Prepared => {
    const matches = createLabelMatch(budget.selector)
    const work = (): Need | undefined => {
      const selected = (podsIn.get(budget.namespace) ?? []).filter(({ labels }) => matches(labels))
      const least = leastOf(budget, () => expectedOf(selected, byUid))
      const running = (standingIn.get(budget.namespace) ?? []).filter(({ pod }) => matches(pod.labels))
      return least === undefined ? undefined : { least, by: `PodDisruptionBudget ${budget.name}`, pods: running }
    }
    let known: { readonly need: Need | undefined } | undefined
    return { matches, need: () => (known ??= { need: work() }).need }
  }
  const prepared = new Map(Map.groupBy(budgets, ({ namespace }) => namespace).entries()
    .map(([namespace, own]) => [namespace, own.map(prepare)]))
  return own => (prepared.get(own[0]?.namespace ?? '') ?? [])
    .filter(({ matches }) => own.some(({ labels }) => matches(labels))).flatMap(({ need }) => need() ?? [])
}

/**
 * As the disruption controller counts (kubernetes `pkg/controller/disruption`, getExpectedPodCount). Undefined for a budget that asks for
 * nothing.
 */
function leastOf({ minAvailable, maxUnavailable }: SurveyedBudget, expected: () => number): number | undefined {
  if (maxUnavailable !== undefined) {
    const all = expected()
    const most = portionOf(maxUnavailable, all)
    return most === undefined ? undefined : Math.max(0, all - most)
  }
  if (minAvailable === undefined) return undefined
  return typeof minAvailable === 'number' ? minAvailable : portionOf(minAvailable, expected())
}

/**
 * How many pods the controllers of these want together, each counted once. One that has no number, or was not read, wants as many as it has
 * that have not finished.
 */
function expectedOf(pods: readonly SurveyedPod[], owners: ReadonlyMap<string, SurveyedOwner>): number {
  const byWorkload = Map.groupBy(pods, pod => topOf(pod, owners))
  return byWorkload.entries().reduce((sum, [uid, own]) => sum + (owners.get(uid ?? '')?.replicas ?? own.filter(isAlive).length), 0)
}

function isAlive({ phase }: SurveyedPod): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed'
}

/** The uid of its controller; of a ReplicaSet's pods that of the Deployment, where there is one. Those that nobody controls are a group. */
function topOf({ owner }: SurveyedPod, owners: ReadonlyMap<string, SurveyedOwner>): string | undefined {
  const above = owner?.kind === 'ReplicaSet' ? owners.get(owner.uid)?.owner?.uid : undefined
  return above ?? owner?.uid
}
