import type { Mistake } from './distributor.ts'
import { quote } from './label-syntax.ts'

/** A place in a document that a person wrote: what stands there (undefined: nothing), its path, and where its mistakes are noted. */
export interface Field {
  readonly path: string
  readonly value: unknown
  readonly mistakes: Mistake[]
}

/** Answers what is wrong with a text, or undefined. */
export type Syntax = (text: string) => string | undefined

export function isPresent(field: Field): boolean {
  return field.value !== undefined
}

/** Notes a mistake at this field. Answers undefined, so that a reader can return it. */
export function fault(field: Field, message: string): undefined {
  field.mistakes.push({ path: field.path, message })
  return undefined
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return `the text ${quote(value)}`
  return typeof value === 'number' || typeof value === 'boolean' ? `the ${typeof value} ${value}` : `a ${typeof value}`
}

function wrongType(field: Field, wanted: string): undefined {
  return fault(field, `must be ${wanted}, not ${kindOf(field.value)}`)
}

/** Notes the mistake when nothing is there; `wanted` says what would be right. */
export function requirePresent(field: Field, wanted: string): boolean {
  if (!isPresent(field)) fault(field, `is missing: ${wanted}`)
  return isPresent(field)
}

/** A map's own entries: `__proto__` and its like are keys as any other. */
export function entriesOf(field: Field): readonly (readonly [string, unknown])[] | undefined {
  const { value } = field
  if (!isPresent(field)) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrongType(field, 'a map')
  return Object.entries(value).filter(([, held]) => held !== undefined)
}

/**
 * A map with a fixed set of fields, as a function from name to field; undefined when there is none. Unknown fields are mistakes: the API
 * server would drop them, and what they were meant to say would be lost (kubectl refuses them too). A null counts as absent, as there.
 */
export function fieldsOf<Name extends string>(field: Field, names: readonly Name[]): ((name: Name) => Field) | undefined {
  const entries = entriesOf(field)
  if (!entries) return undefined
  const known: readonly string[] = names
  const prefix = field.path === '' ? '' : `${field.path}.`
  for (const [key] of entries) {
    if (!known.includes(key)) fault({ ...field, path: `${prefix}${key}` }, `is not a field here; there are ${names.join(', ')}`)
  }
  const values = new Map(entries)
  return name => ({ path: `${prefix}${name}`, value: values.get(name) ?? undefined, mistakes: field.mistakes })
}

/** A list's items; none when it is absent. */
export function itemsOf(field: Field, least: number, most: number): readonly Field[] {
  const { value, path, mistakes } = field
  if (!isPresent(field)) return []
  if (!Array.isArray(value)) {
    wrongType(field, 'a list')
    return []
  }
  if (value.length < least) fault(field, `is empty; it needs at least ${least}`)
  if (value.length > most) {
    fault(field, `has ${value.length} items; there may be at most ${most}`)
    return []
  }
  return value.map((item: unknown, index) => ({ path: `${path}[${index}]`, value: item, mistakes }))
}

export function textOf(field: Field, syntax: Syntax): string | undefined {
  if (!isPresent(field)) return undefined
  if (typeof field.value !== 'string') return wrongType(field, 'a text (put numbers and true or false in quotes)')
  const wrong = syntax(field.value)
  return wrong === undefined ? field.value : fault(field, wrong)
}

export function integerOf(field: Field, least: number, most: number): number | undefined {
  const { value } = field
  if (!isPresent(field)) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(field, `an integer from ${least} to ${most}`)
  return value >= least && value <= most ? value : fault(field, `is ${value}; it must be from ${least} to ${most}`)
}

export function choiceOf<Choice extends string>(field: Field, choices: readonly Choice[]): Choice | undefined {
  if (!isPresent(field)) return undefined
  return choices.find(choice => choice === field.value) ?? wrongType(field, `one of ${choices.join(', ')}`)
}
