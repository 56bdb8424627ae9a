import { asMap, isMap } from '../../placement/is-map.ts'
import type { Requirement } from '../../placement/nodes/requirements.ts'

/**
 * A LabelSelector as the requirements that it asks of labels: none for an empty one, which selects everything; undefined for an absent
 * one, which selects nothing (apimachinery `LabelSelectorAsSelector`). What is no selector counts as absent.
 */
export function parseSelector(value: unknown): readonly Requirement[] | undefined {
  if (!isMap(value)) return undefined
  const labels = Object.entries(asMap(value['matchLabels']))
  const expressions = Array.isArray(value['matchExpressions']) ? value['matchExpressions'].map(asMap) : []
  return [
    ...labels.map(([key, label]): Requirement => ({ key, operator: 'In', values: [String(label)] })),
    ...expressions.map(({ key, operator, values }): Requirement =>
      ({ key: String(key), operator: String(operator), values: Array.isArray(values) ? values.map(String) : [] })),
  ]
}
