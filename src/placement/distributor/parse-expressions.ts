import type { Expression, Operator } from './distributor.ts'
import { choiceOf, fault, fieldsOf, isPresent, itemsOf, requirePresent, textOf } from './fields.ts'
import type { Field } from './fields.ts'
import { faultOfLabelKey, faultOfLabelValue } from './label-syntax.ts'
import { limits } from './limits.ts'

export const nodeOperators: readonly Operator[] = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']
export const podOperators: readonly Operator[] = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/**
 * What each operator asks of its values: the API server's rules for a pod's NodeSelectorRequirement. It compares Gt and Lt as int64, and
 * where the value is none the scheduler finds no node for the pod at all; 18 digits always fit. A sign is not valid in a label value.
 */
function faultOfValues(operator: Operator, values: readonly string[]): string | undefined {
  const [first = ''] = values
  const compares = operator === 'Gt' || operator === 'Lt'
  const lists = operator === 'In' || operator === 'NotIn'
  if (lists && values.length === 0) return `${operator} needs at least one value`
  if (compares && (values.length !== 1 || !/^[0-9]{1,18}$/.test(first))) {
    return `${operator} needs exactly one value, an integer of 1 to 18 digits, not negative (a label value cannot be)`
  }
  if (!lists && !compares && values.length > 0) return `${operator} takes no values`
  return undefined
}

function parseExpression(field: Field, operators: readonly Operator[]): Expression | undefined {
  if (!requirePresent(field, 'an expression has a key and an operator')) return undefined
  const at = fieldsOf(field, ['key', 'operator', 'values'])
  if (!at) return undefined
  const before = field.mistakes.length
  const key = requirePresent(at('key'), 'the key of a label') ? textOf(at('key'), faultOfLabelKey) : undefined
  const operator = requirePresent(at('operator'), `one of ${operators.join(', ')}`) ? choiceOf(at('operator'), operators) : undefined
  const values = itemsOf(at('values'), 0, limits.values).flatMap(item => textOf(item, faultOfLabelValue) ?? [])
  if (key === undefined || operator === undefined || field.mistakes.length > before) return undefined
  const wrong = faultOfValues(operator, values)
  if (wrong !== undefined) return fault(at('values'), wrong)
  return values.length > 0 ? { key, operator, values } : { key, operator }
}

/** `matchExpressions`, of a node term or of a label selector; undefined when absent. */
export function parseExpressions(field: Field, operators: readonly Operator[], least: number): readonly Expression[] | undefined {
  return isPresent(field) ? itemsOf(field, least, limits.expressions).flatMap(item => parseExpression(item, operators) ?? []) : undefined
}
