import type { SurveyedBudget, SurveyedOwner, SurveyedPod } from './cluster-state.ts'
import { portionOf } from './survival.ts'

/** How many pods a budget wants, and whether that is a guess. */
export interface BudgetNeed {
  readonly least: number
  readonly isEstimate: boolean
}

/** What a budget is about. */
export interface Selected {
  readonly pods: readonly SurveyedPod[]
  /** Whether another budget selects some of the same pods. */
  readonly isShared: () => boolean
}

type Owners = ReadonlyMap<string, SurveyedOwner>

/**
 * As the disruption controller counts (kubernetes `pkg/controller/disruption`, getExpectedPodCount). Where not all controllers of the pods
 * were read, it is what that controller has written into the status. It writes that anew when the spec or a pod changes, but of several
 * budgets of a pod only for one that it picks by chance (getPdbForPod): then it may be old. What is left is a guess by the pods that are
 * there. Undefined for a budget that asks for nothing.
 */
export function needOfBudget(budget: SurveyedBudget, { pods, isShared }: Selected, owners: Owners): BudgetNeed | undefined {
  const { minAvailable, maxUnavailable, desiredHealthy } = budget
  if (maxUnavailable === undefined && typeof minAvailable === 'number') return { least: minAvailable, isEstimate: false }
  const { expected, isEstimate } = expectedOf(pods, owners)
  if (isEstimate && desiredHealthy !== undefined && !isShared()) return { least: desiredHealthy, isEstimate: false }
  const amount = maxUnavailable ?? minAvailable
  const portion = amount === undefined ? undefined : portionOf(amount, expected)
  if (portion === undefined) return undefined
  return { least: maxUnavailable === undefined ? portion : Math.max(0, expected - portion), isEstimate }
}

interface Expected {
  readonly expected: number
  readonly isEstimate: boolean
}

/**
 * How many pods the controllers of these want together, each counted once; a pod that nobody controls is none. One that was not read, or
 * that the disruption controller counts in another way, is guessed to want as many as it has that have not finished.
 */
function expectedOf(pods: readonly SurveyedPod[], owners: Owners): Expected {
  const byController = Map.groupBy(pods.filter(({ owner }) => owner !== undefined), pod => topOf(pod, owners))
  return [...byController].reduce<Expected>((sum, [uid, own]) => {
    const owner = owners.get(uid ?? '')
    const replicas = owner !== undefined && isCounted(owner) ? owner.replicas : undefined
    return { expected: sum.expected + (replicas ?? own.filter(isAlive).length), isEstimate: sum.isEstimate || replicas === undefined }
  }, { expected: 0, isEstimate: false })
}

/** Of a Rollout its ReplicaSets are counted, and a Job cannot be: it has no scale. */
function isCounted({ group, kind }: SurveyedOwner): boolean {
  return group === 'apps' && (kind === 'Deployment' || kind === 'ReplicaSet' || kind === 'StatefulSet')
}

function isAlive({ phase }: SurveyedPod): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed'
}

/** The uid of its controller; of a ReplicaSet's pods that of the Deployment, where there is one. */
function topOf({ owner }: SurveyedPod, owners: Owners): string | undefined {
  const above = owner?.kind === 'ReplicaSet' ? owners.get(owner.uid)?.owner?.uid : undefined
  return above ?? owner?.uid
}
