import type { NamespaceRequirement } from '../controllers/webhook-entry.ts'
import { fieldsOf, type Field } from '../placement/distributor/fields.ts'
import { quote } from '../placement/distributor/label-syntax.ts'
import { parseExpressions, podOperators } from '../placement/distributor/parse-expressions.ts'
import { parseLabels } from '../placement/distributor/parse-labels.ts'

const wanted = 'a label selector in JSON, such as {"matchLabels":{"team":"web"}}'

/** What was read, or every mistake in it. */
export type NamespaceSelector = { readonly requirements: readonly NamespaceRequirement[] } | { readonly mistakes: readonly string[] }

/**
 * A LabelSelector of the Kubernetes API in JSON, by its rules. Labels become expressions: all are in one list then, which is compared as a
 * whole with what is registered, so that a requirement that is no more does not stay.
 */
export function parseNamespaceSelector(text: string): NamespaceSelector {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { mistakes: [`${quote(text)} is not ${wanted}`] }
  }
  const field: Field = { path: '', value, mistakes: [] }
  const at = fieldsOf(field, ['matchLabels', 'matchExpressions'])
  const labels = at && parseLabels(at('matchLabels'), 0)
  const expressions = at && parseExpressions(at('matchExpressions'), podOperators, 0)
  if (field.mistakes.length > 0) {
    return { mistakes: field.mistakes.map(({ path, message }) => `${path === '' ? 'it' : path} ${message}; wanted is ${wanted}`) }
  }
  return {
    requirements: [...(labels ?? []).map(([key, only]) => ({ key, operator: 'In', values: [only] })), ...expressions ?? []],
  }
}
