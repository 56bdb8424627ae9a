import type { Value } from './read-values.ts'

interface Schema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
}

/** The schema, each value in it with its description. Throws an Error that names values that the one has and the other lacks. */
export function describeSchema(schema: Schema, values: readonly Value[]): Schema {
  const known = new Map(values.map(value => [value.path, value]))
  const met = new Set<string>()
  const describe = (part: Schema, prefix: string): Schema => {
    const { properties = {} } = part
    const described = Object.entries(properties).map(([key, below]) => {
      const path = `${prefix}${key}`
      const value = known.get(path)
      if (value === undefined) {
        if (prefix === '' && below.description !== undefined) return [key, below] as const
        throw new Error(`values.schema.json knows ${path}, and values.yaml does not`)
      }
      met.add(path)
      const { description: _, ...rest } = value.isGroup ? describe(below, `${path}.`) : below
      return [key, { description: value.description, ...rest }] as const
    })
    return { ...part, properties: Object.fromEntries(described) }
  }
  const whole = describe(schema, '')
  const unknown = values.filter(({ path }) => !met.has(path)).map(({ path }) => path)
  if (unknown.length > 0) throw new Error(`values.schema.json does not know ${unknown.join(', ')}`)
  return whole
}
