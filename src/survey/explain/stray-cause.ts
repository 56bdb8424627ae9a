import { matchesLabels, type Requirement } from '../../placement/nodes/requirements.ts'
import { asMap, isMap } from '../../placement/is-map.ts'
import type { Stray } from './pod-verdict.ts'

/** Whether the API server calls Versprei for the pods of a namespace. */
export interface Registration {
  /** unknown: it may not be looked at. absent: no entry of ours is there. */
  readonly kind: 'called' | 'not-selected' | 'absent' | 'unknown'
}

/** Why a pod that would be placed was not. */
export const strayCauses = ['younger-distributor', 'not-registered', 'namespace-not-selected', 'not-called'] as const

export type StrayCause = typeof strayCauses[number]

/** What is certain comes first; that nobody answered when the pod was created is what is left. */
export function strayCause({ isOlder }: Pick<Stray, 'isOlder'>, { kind }: Registration): StrayCause {
  if (isOlder) return 'younger-distributor'
  if (kind === 'absent') return 'not-registered'
  return kind === 'not-selected' ? 'namespace-not-selected' : 'not-called'
}

/**
 * Whether our entry is there, and selects this namespace.
 *
 * @param entry of the MutatingWebhookConfiguration; undefined: there is none
 * @param labels of the namespace; undefined where they are not known
 */
export function readRegistration(entry: unknown, labels: Readonly<Record<string, string>> | undefined): Registration {
  if (entry === undefined) return { kind: 'absent' }
  return { kind: labels === undefined || isSelected(asMap(entry)['namespaceSelector'], labels) ? 'called' : 'not-selected' }
}

function isSelected(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels, matchExpressions } = asMap(selector)
  const expressions: readonly unknown[] = Array.isArray(matchExpressions) ? matchExpressions : []
  return Object.entries(asMap(matchLabels)).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
    && matchesLabels(expressions.filter(isMap).map(readRequirement), labels)
}

function readRequirement({ key, operator, values }: Readonly<Record<string, unknown>>): Requirement {
  return {
    key: String(key), operator: String(operator),
    values: Array.isArray(values) ? values.filter(value => typeof value === 'string') : [],
  }
}
