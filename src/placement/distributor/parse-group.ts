import type { Group } from './distributor.ts'
import { fault, fieldsOf, integerOf, isPresent, requirePresent, textOf } from './fields.ts'
import type { Field } from './fields.ts'
import { deriveGroupName } from './group-name.ts'
import { faultOfGroupName } from './label-syntax.ts'
import { limits } from './limits.ts'
import { nodeOperators, parseExpressions } from './parse-expressions.ts'
import { parseLabels } from './parse-labels.ts'
import { parseTolerations } from './parse-tolerations.ts'

/** A group as far as it could be read: what had a mistake is undefined. */
export interface ParsedGroup extends Omit<Group, 'name' | 'weight'> {
  readonly field: Field
  readonly name: string | undefined
  readonly weight: number | undefined
}

/** One entry of `spec.distribution`. */
export function parseGroup(field: Field): ParsedGroup | undefined {
  const at = fieldsOf(field, ['name', 'nodeLabel', 'matchExpressions', 'weight', 'base', 'max', 'tolerations'])
  if (!at) return undefined
  const labels = parseLabels(at('nodeLabel'), 1)
  const labelled = isPresent(at('nodeLabel'))
  const asked = parseExpressions(at('matchExpressions'), nodeOperators, 1)
  if (!labelled && !isPresent(at('matchExpressions'))) fault(field, 'which nodes? a group needs nodeLabel, matchExpressions or both')
  if (!labelled && !isPresent(at('name'))) fault(at('name'), 'is missing: a group without nodeLabel needs a name')
  const name = isPresent(at('name')) ? textOf(at('name'), faultOfGroupName) : labels && deriveGroupName(labels)
  requirePresent(at('weight'), `an integer from 0 to ${limits.weight}, relative to the other groups`)
  const weight = integerOf(at('weight'), 0, limits.weight)
  const base = integerOf(at('base'), 0, limits.pods)
  const max = integerOf(at('max'), 0, limits.pods)
  if (max !== undefined && base !== undefined && max < base) fault(at('max'), `is ${max}, less than base, ${base}, which it includes`)
  return {
    field,
    name,
    expressions: [...(labels ?? []).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })), ...(asked ?? [])],
    weight,
    base: base ?? 0,
    ...(max === undefined ? {} : { max }),
    tolerations: parseTolerations(at('tolerations')),
  }
}
