import type { Requirement } from '../../placement/nodes/requirements.ts'

/** An expression as kubectl writes selectors. */
export function tellExpression({ key, operator, values = [] }: Requirement): string {
  switch (operator) {
    case 'In': return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`
    case 'NotIn': return `${key} notin (${values.join(',')})`
    case 'Exists': return key
    case 'DoesNotExist': return `!${key}`
    case 'Gt': return `${key} > ${values[0]}`
    case 'Lt': return `${key} < ${values[0]}`
    default: return `${key} ${operator} (${values.join(',')})`
  }
}
