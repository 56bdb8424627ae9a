import type { PatchOperation } from '../../src/placement/patch/patch-operation.ts'
import { isMap } from '../../src/placement/is-map.ts'

/** What the API server does with a JSON patch of `add` operations (RFC 6902): throws where one does not apply. */
export function applyPatch(object: unknown, patch: readonly PatchOperation[]): unknown {
  const copy: unknown = structuredClone(object)
  for (const { op, path, value } of patch) {
    const [root, ...tokens] = path.split('/')
    if (op !== 'add' || root !== '' || tokens.length === 0) throw new Error(`cannot ${op} at ${path}`)
    addAt(copy, tokens.map(token => token.replaceAll('~1', '/').replaceAll('~0', '~')), structuredClone(value), path)
  }
  return copy
}

function addAt(parent: unknown, [token = '', ...rest]: readonly string[], value: unknown, path: string): void {
  if (Array.isArray(parent)) {
    const index = token === '-' ? parent.length : Number(token)
    if (rest.length > 0) return addAt(parent[index], rest, value, path)
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw new Error(`no place for ${path}`)
    parent.splice(index, 0, value)
    return
  }
  if (!isMap(parent)) throw new Error(`nothing to add to at ${path}`)
  if (rest.length > 0) return addAt(Object.hasOwn(parent, token) ? parent[token] : undefined, rest, value, path)
  Object.defineProperty(parent, token, { value, writable: true, enumerable: true, configurable: true })
}

/** Whether all that was there is there still: maps may have more entries, lists more items at their end; null may be something now. */
export function keepsEverything(before: unknown, after: unknown): boolean {
  if (before === null) return true
  if (Array.isArray(before)) return Array.isArray(after) && before.every((item, index) => keepsEverything(item, after[index]))
  if (isMap(before)) {
    return isMap(after) && Object.keys(before).every(key => Object.hasOwn(after, key) && keepsEverything(before[key], after[key]))
  }
  return before === after
}

/** What stands at a place of an object; undefined where there is no such place. */
export function valueAt(object: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined), object)
}
