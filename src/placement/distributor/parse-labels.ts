import { entriesOf, fault, textOf } from './fields.ts'
import type { Field } from './fields.ts'
import { faultOfLabelKey, faultOfLabelValue } from './label-syntax.ts'
import { limits } from './limits.ts'

export type Labels = readonly (readonly [key: string, value: string])[]

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}

/** A map of labels, sorted by key; undefined when it is absent or has a mistake, so that nothing is concluded from half of it. */
export function parseLabels(field: Field, least: number): Labels | undefined {
  const entries = entriesOf(field)
  if (!entries) return undefined
  const before = field.mistakes.length
  if (entries.length < least) fault(field, `is empty; it needs at least ${least} label`)
  if (entries.length > limits.labels) return fault(field, `has ${entries.length} labels; there may be at most ${limits.labels}`)
  const labels = entries.map(([key, value]) => {
    const wrong = faultOfLabelKey(key)
    if (wrong !== undefined) fault(field, wrong)
    const held = { path: `${field.path}.${key}`, value, mistakes: field.mistakes }
    const text = value === null ? fault(held, 'has no value; for an empty one write ""') : textOf(held, faultOfLabelValue)
    return [key, text ?? ''] as const
  })
  return field.mistakes.length === before ? labels.toSorted(byKey) : undefined
}
