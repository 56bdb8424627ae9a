import { asMap } from '../placement/is-map.ts'
import type { SurveyedBudget } from './cluster-state.ts'
import { readMetadata } from './read-metadata.ts'

/** Undefined for what is no PodDisruptionBudget. */
export function readBudget(object: unknown): SurveyedBudget | undefined {
  const metadata = readMetadata(object)
  if (metadata === undefined) return undefined
  const { selector, minAvailable, maxUnavailable } = asMap(asMap(object)['spec'])
  return {
    namespace: metadata.namespace, name: metadata.name, selector,
    minAvailable: numberOrText(minAvailable), maxUnavailable: numberOrText(maxUnavailable),
  }
}

function numberOrText(value: unknown): number | string | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}
