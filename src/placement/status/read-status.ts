import { isMap } from '../is-map.ts'
import type { Condition, DistributorStatus, GroupStatus } from './status.ts'

/** A condition as an earlier status has it: maybe one that another version of Versprei wrote. */
export type PreviousCondition = { readonly [Field in 'type' | 'status' | 'lastTransitionTime' | 'reason' | 'message']: string }

/** The conditions of a status as the API server has it, but for those that are not whole. */
export function readConditions(status: unknown): readonly PreviousCondition[] {
  const found: readonly unknown[] = isMap(status) && Array.isArray(status['conditions']) ? status['conditions'] : []
  return found.filter(isCondition)
}

function isCondition(value: unknown): value is PreviousCondition {
  return isMap(value) && ['type', 'status', 'lastTransitionTime', 'reason', 'message'].every(field => typeof value[field] === 'string')
    && !Number.isNaN(Date.parse(String(value['lastTransitionTime'])))
}

const groupFields: readonly (keyof GroupStatus)[] = ['name', 'wanted', 'assigned', 'ready', 'state']
const conditionFields: readonly (keyof Condition)[] = ['type', 'status', 'observedGeneration', 'lastTransitionTime', 'reason', 'message']

/**
 * A status as a text that two of them share exactly when they say the same, whatever the order of their fields, and of the items of lists
 * that the API server keeps by key. What is none of our fields does not count. `readConditions(JSON.parse(text))` reads it.
 */
export function canonicalStatus(status: unknown): string {
  if (!isMap(status)) return '{}'
  const { observedGeneration, target, pods, split, wanted, deviation, strays } = status
  const whole: Readonly<Record<keyof DistributorStatus, unknown>> = {
    observedGeneration, target, pods, split, wanted, deviation, strays,
    groups: inOrder(status['groups'], groupFields),
    conditions: inOrder(status['conditions'], conditionFields),
  }
  return JSON.stringify(whole)
}

/** The items with these fields alone, in the order of the first, which tells them apart. */
function inOrder(value: unknown, fields: readonly string[]): unknown {
  if (!Array.isArray(value)) return undefined
  const keyOf = (item: Readonly<Record<string, unknown>>): string => String(item[fields[0] ?? ''])
  return value.filter(isMap).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .map(item => Object.fromEntries(fields.map(field => [field, item[field]])))
}
