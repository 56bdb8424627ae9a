import { invalidGroups } from './invalid-groups.ts'
import { invalidObjects } from './invalid-objects.ts'
import { invalidRules } from './invalid-rules.ts'

export interface InvalidDistributor {
  readonly name: string
  readonly object: unknown
  /** Of every mistake, in the order in which the parser lists them. */
  readonly paths: readonly string[]
  /** Where the API server says something else: the paths it gives, or false for what it cannot refuse through the CRD. */
  readonly crd?: readonly string[] | false
}

export const invalidDistributors: readonly InvalidDistributor[] = [...invalidObjects, ...invalidGroups, ...invalidRules]
