import { asMap } from '../placement/is-map.ts'
import type { SurveyedBudget } from './cluster-state.ts'
import { readCondition, readMetadata } from './read-metadata.ts'

/** Undefined for what is no PodDisruptionBudget. */
export function readBudget(object: unknown): SurveyedBudget | undefined {
  const metadata = readMetadata(object)
  if (metadata === undefined) return undefined
  const { selector, minAvailable, maxUnavailable } = asMap(asMap(object)['spec'])
  return {
    namespace: metadata.namespace, name: metadata.name, selector,
    minAvailable: numberOrText(minAvailable), maxUnavailable: numberOrText(maxUnavailable),
    desiredHealthy: desiredHealthyOf(object),
  }
}

function numberOrText(value: unknown): number | string | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}

/**
 * The status is of the spec that `observedGeneration` names. Where counting failed the disruption controller leaves the figures as they
 * were and says so in a condition (kubernetes `pkg/controller/disruption`, failSafe); where it expected no pod it was there before them.
 */
function desiredHealthyOf(object: unknown): number | undefined {
  const { metadata, status } = asMap(object)
  const { observedGeneration, expectedPods, desiredHealthy } = asMap(status)
  const isCurrent = typeof observedGeneration === 'number' && observedGeneration === asMap(metadata)['generation']
  const hasFailed = readCondition(object, 'DisruptionAllowed')?.['reason'] === 'SyncFailed'
  if (!isCurrent || hasFailed || typeof expectedPods !== 'number' || expectedPods <= 0) return undefined
  return typeof desiredHealthy === 'number' ? desiredHealthy : undefined
}
