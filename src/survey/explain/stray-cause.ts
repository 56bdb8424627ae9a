import { asMap } from '../../placement/is-map.ts'
import { createLabelMatch } from '../label-selector.ts'
import type { Stray } from './pod-verdict.ts'

/** Whether the API server calls Versprei for the pods of a namespace. */
export interface Registration {
  /** unknown: it may not be looked at. absent: no entry of ours is there. */
  readonly kind: 'called' | 'not-selected' | 'absent' | 'unknown'
}

/** Why a pod that would be placed was not. */
export const strayCauses = ['younger-distributor', 'not-registered', 'namespace-not-selected', 'edited-since', 'not-called'] as const

export type StrayCause = typeof strayCauses[number]

/**
 * What is certain comes first. Then what may be: a PodDistributor that was written later may have been meant for other pods, invalid or
 * only tried when the pod was created. That nobody answered then is what is left.
 */
export function strayCause({ isOlder, isEdited }: Pick<Stray, 'isOlder' | 'isEdited'>, { kind }: Registration): StrayCause {
  if (isOlder) return 'younger-distributor'
  if (kind === 'absent') return 'not-registered'
  if (kind === 'not-selected') return 'namespace-not-selected'
  return isEdited ? 'edited-since' : 'not-called'
}

/**
 * Whether our entry is there, and selects this namespace.
 *
 * @param entry of the MutatingWebhookConfiguration; undefined: there is none
 * @param labels of the namespace; undefined where they are not known
 */
export function readRegistration(entry: unknown, labels: Readonly<Record<string, string>> | undefined): Registration {
  if (entry === undefined) return { kind: 'absent' }
  // The API server makes an absent one `{}`, which selects everything.
  const isSelected = createLabelMatch(asMap(entry)['namespaceSelector'] ?? {})
  return { kind: labels === undefined || isSelected(labels) ? 'called' : 'not-selected' }
}
