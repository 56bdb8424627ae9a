import { needOfBudget } from './budget-need.ts'
import type { ClusterState, SurveyedBudget, SurveyedPod } from './cluster-state.ts'
import { createLabelMatch } from './label-selector.ts'
import type { Standing } from './standing.ts'

/** How many of which pods have to stand, and who says so. */
export interface Need {
  readonly least: number
  readonly by: string
  readonly pods: readonly Standing[]
  /** Whether `least` is a guess: not all was read that it depends on. */
  readonly isEstimate: boolean
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
  const prepared = new Map<string, readonly Prepared[]>()
  const prepare = (budget: SurveyedBudget): Prepared => {
    const matches = createLabelMatch(budget.selector)
    const work = (): Need | undefined => {
      const selected = (podsIn.get(budget.namespace) ?? []).filter(({ labels }) => matches(labels))
      const isShared = (): boolean => (prepared.get(budget.namespace) ?? [])
        .some(other => other.matches !== matches && selected.some(({ labels }) => other.matches(labels)))
      const need = needOfBudget(budget, { pods: selected, isShared }, byUid)
      const running = (standingIn.get(budget.namespace) ?? []).filter(({ pod }) => matches(pod.labels))
      return need === undefined ? undefined : { ...need, by: `PodDisruptionBudget ${budget.name}`, pods: running }
    }
    let known: { readonly need: Need | undefined } | undefined
    return { matches, need: () => (known ??= { need: work() }).need }
  }
  for (const [namespace, own] of Map.groupBy(budgets, ({ namespace }) => namespace)) prepared.set(namespace, own.map(prepare))
  return own => (prepared.get(own[0]?.namespace ?? '') ?? [])
    .filter(({ matches }) => own.some(({ labels }) => matches(labels))).flatMap(({ need }) => need() ?? [])
}
