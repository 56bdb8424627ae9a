/** An Expression as any pod may hold it: an operator that Kubernetes does not know is met by no node. */
export interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

type Labels = Readonly<Record<string, string>>

/** Whether a node with these labels meets every expression, as the scheduler would say (component-helpers `nodeaffinity`). */
export function matchesLabels(expressions: readonly Requirement[], labels: Labels): boolean {
  return expressions.every(({ key, operator, values = [] }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined
    switch (operator) {
      case 'In': return value !== undefined && values.includes(value)
      case 'NotIn': return value === undefined || !values.includes(value)
      case 'Exists': return value !== undefined
      case 'DoesNotExist': return value === undefined
      case 'Gt': return compare(value, values[0], (own, bound) => own > bound)
      case 'Lt': return compare(value, values[0], (own, bound) => own < bound)
      default: return false
    }
  })
}

/**
 * Whether no node could ever meet all of these expressions together, whatever its labels: a contradiction in the
 * expressions themselves. Where the answer would take more than a look at each key, it is no.
 */
export function areContradictory(expressions: readonly Requirement[]): boolean {
  const byKey = Map.groupBy(expressions, ({ key }) => key)
  return byKey.values().some(isContradictory)
}

function isContradictory(expressions: readonly Requirement[]): boolean {
  const operators = new Set(expressions.map(({ operator }) => operator))
  const mustExist = operators.has('In') || operators.has('Exists') || operators.has('Gt') || operators.has('Lt')
  if (operators.has('DoesNotExist')) return mustExist
  const allowed = expressions.filter(({ operator }) => operator === 'In').map(({ values = [] }) => values)
  if (allowed.length > 0) {
    const [first = []] = allowed
    const key = expressions[0]?.key ?? ''
    return !first.some(value => matchesLabels(expressions, { [key]: value }))
  }
  return !hasIntegerBetween(bounds(expressions, 'Gt'), bounds(expressions, 'Lt'))
}

function bounds(expressions: readonly Requirement[], operator: 'Gt' | 'Lt'): (bigint | undefined)[] {
  return expressions.filter(expression => expression.operator === operator).map(({ values = [] }) => integer(values[0]))
}

/** A bound that is no integer is met by no node. */
function hasIntegerBetween(above: readonly (bigint | undefined)[], below: readonly (bigint | undefined)[]): boolean {
  if (above.includes(undefined) || below.includes(undefined)) return false
  return above.every(low => below.every(high => low !== undefined && high !== undefined && low + 1n < high))
}

function compare(value: string | undefined, bound: string | undefined, holds: (value: bigint, bound: bigint) => boolean): boolean {
  const [own, other] = [integer(value), integer(bound)]
  return own !== undefined && other !== undefined && holds(own, other)
}

/** Exact, as the scheduler's int64: a double would take neighbours beyond 2⁵³ for one. Longer texts are none (19 digits and a sign). */
function integer(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[+-]?\d{1,19}$/u.test(text) ? BigInt(text.replace(/^\+/u, '')) : undefined
}
