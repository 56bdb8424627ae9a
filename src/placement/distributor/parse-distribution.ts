import type { Group } from './distributor.ts'
import { fault, itemsOf, requirePresent } from './fields.ts'
import type { Field } from './fields.ts'
import { quote } from './label-syntax.ts'
import { limits } from './limits.ts'
import { parseGroup } from './parse-group.ts'
import type { ParsedGroup } from './parse-group.ts'

/** What was undefined for a mistake is never read: with any mistake there are no groups. */
function toGroup({ name, expressions, weight, base, max, tolerations }: ParsedGroup): Group {
  return {
    name: name ?? '',
    expressions,
    weight: weight ?? 0,
    base,
    ...(max === undefined ? {} : { max }),
    tolerations,
  }
}

function checkNames(groups: readonly ParsedGroup[]): void {
  const first = new Map<string, ParsedGroup>()
  for (const group of groups) {
    const { name, field } = group
    if (name === undefined) continue
    const other = first.get(name)
    if (!other) first.set(name, group)
    else fault({ ...field, path: `${field.path}.name` }, `${quote(name)} is the name of ${other.field.path} too; give one of them another`)
  }
}

/** Only where every weight could be read: a mistake in one says nothing about the sum. */
function checkWeights(field: Field, groups: readonly ParsedGroup[]): void {
  if (groups.some(group => group.weight === undefined)) return
  const weighing = groups.filter(group => group.weight !== 0)
  if (weighing.length === 0) fault(field, 'at least one group needs a weight above 0')
  else if (weighing.every(group => group.max !== undefined)) {
    fault(field, 'at least one group with a weight above 0 must have no max, or the pods beyond every max have no place')
  }
}

/** `spec.distribution`: the groups, in the listed order, which is the order in which ties go. */
export function parseDistribution(field: Field): readonly Group[] {
  if (!requirePresent(field, `a list of 1 to ${limits.groups} groups`)) return []
  const before = field.mistakes.length
  const items = itemsOf(field, 1, limits.groups)
  const groups = items.flatMap(item => parseGroup(item) ?? [])
  checkNames(groups)
  if (items.length > 0 && groups.length === items.length) checkWeights(field, groups)
  return field.mistakes.length > before ? [] : groups.map(toGroup)
}
