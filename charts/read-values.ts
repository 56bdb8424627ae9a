import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml'

/** One value of the chart, or a group of them. */
export interface Value {
  /** Such as image.tag. */
  readonly path: string
  readonly description: string
  /** What values.yaml gives it. */
  readonly default: unknown
  /** Whether the values below it are described, each by itself. */
  readonly isGroup: boolean
}

/** Every value that values.yaml describes, in its order. Throws an Error that names those that lack a description. */
export function readValues(text: string): readonly Value[] {
  const document = parseDocument(text)
  if (document.errors[0] !== undefined) throw new Error(`values.yaml: ${document.errors[0].message}`, { cause: document.errors[0] })
  if (!isMap(document.contents)) throw new Error('values.yaml holds no map')
  const values = collect(document.contents, '')
  const silent = values.filter(({ description }) => description === '').map(({ path }) => path)
  if (silent.length > 0) throw new Error(`values.yaml: nothing stands above ${silent.join(', ')}; a comment should say what it is`)
  return values
}

function collect(map: YAMLMap, prefix: string): readonly Value[] {
  return map.items.flatMap((pair, index) => {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const path = `${prefix}${key}`
    const isGroup = isMap(pair.value)
      && pair.value.items.some((below, first) => commentOf(below, first === 0 ? pair.value : undefined) !== '')
    const value: Value = {
      path, isGroup, description: commentOf(pair, index === 0 ? map : undefined),
      default: isMap(pair.value) || isScalar(pair.value) ? pair.value.toJSON() : toPlain(pair.value),
    }
    return isGroup && isMap(pair.value) ? [value, ...collect(pair.value, `${path}.`)] : [value]
  })
}

/** The paragraph right above a pair; one before it is about more. What stands above the first of a map the parser gives to the map. */
function commentOf({ key }: Pair, map: unknown): string {
  const comments = [isMap(map) ? map.commentBefore : undefined, isScalar(key) ? key.commentBefore : undefined]
  const lines = comments.flatMap(comment => comment?.split('\n') ?? []).map(line => line.trim())
  return lines.slice(lines.lastIndexOf('') + 1).join(' ')
}

function toPlain(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'toJSON' in node && typeof node.toJSON === 'function' ? node.toJSON() : node
}
