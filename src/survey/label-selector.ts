import { asMap, isMap } from '../placement/is-map.ts'
import { matchesLabels, type Requirement } from '../placement/nodes/requirements.ts'

type Labels = Readonly<Record<string, string>>

/**
 * Whether a LabelSelector, as it stands in an object, selects these labels. One that is absent selects nothing, an empty one everything
 * (apimachinery `LabelSelectorAsSelector`).
 */
export function createLabelMatch(selector: unknown): (labels: Labels) => boolean {
  if (!isMap(selector)) return () => false
  const { matchLabels, matchExpressions } = selector
  const requirements: Requirement[] = [
    ...Object.entries(asMap(matchLabels)).map(([key, value]) => ({ key, operator: 'In', values: [String(value)] })),
    ...(Array.isArray(matchExpressions) ? matchExpressions : []).map(readRequirement),
  ]
  return labels => matchesLabels(requirements, labels)
}

function readRequirement(expression: unknown): Requirement {
  const { key, operator, values } = asMap(expression)
  return { key: String(key), operator: String(operator), values: Array.isArray(values) ? values.map(String) : [] }
}
