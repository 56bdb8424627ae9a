/** One operation of a JSON patch (RFC 6902). Only `add`: it works on a member that is absent, null or there to be replaced. */
export interface PatchOperation {
  readonly op: 'add'
  readonly path: string
  readonly value: unknown
}

export function add(path: string, value: unknown): PatchOperation {
  return { op: 'add', path, value }
}

/** A key as one token of a JSON pointer (RFC 6901). */
function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Appends to a list, which is made where there is none. */
export function append(path: string, isThere: boolean, values: readonly unknown[]): PatchOperation[] {
  if (values.length === 0) return []
  return isThere ? values.map(value => add(`${path}/-`, value)) : [add(path, values)]
}

/** An entry of a map: its key, and the path that sets it where the map is there. */
export interface Entry {
  readonly key: string
  readonly path: string
}

export function entryOf(map: string, key: string): Entry {
  return { key, path: `${map}/${pointerToken(key)}` }
}

/** Sets entries of the map at `path`, which is made where there is none. */
export function setEntries(path: string, isThere: boolean, entries: readonly (readonly [Entry, string])[]): PatchOperation[] {
  if (!isThere) return [add(path, Object.fromEntries(entries.map(([{ key }, value]) => [key, value])))]
  return entries.map(([entry, value]) => add(entry.path, value))
}
