import { asMap, mapsIn } from '../../placement/is-map.ts'

/** A workload's `spec.selector` as the query `labelSelector` has it; undefined for what selects by nothing. */
export function selectorText(selector: unknown): string | undefined {
  const { matchLabels, matchExpressions, ...plain } = asMap(selector)
  // A ReplicationController's selector is a plain map.
  const labels = Object.entries({ ...asMap(matchLabels), ...matchExpressions === undefined && matchLabels === undefined ? plain : {} })
  const parts = [...labels.map(([key, value]) => `${key}=${String(value)}`), ...mapsIn(matchExpressions).map(partOf)]
  return parts.length === 0 ? undefined : parts.join(',')
}

function partOf({ key, operator, values }: Readonly<Record<string, unknown>>): string {
  const list = Array.isArray(values) ? values.join(',') : ''
  switch (operator) {
    case 'In': return `${String(key)} in (${list})`
    case 'NotIn': return `${String(key)} notin (${list})`
    case 'DoesNotExist': return `!${String(key)}`
    default: return String(key)
  }
}
