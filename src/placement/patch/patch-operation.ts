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
export function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Appends to a list, which is made where there is none. */
export function append(path: string, isThere: boolean, values: readonly unknown[]): PatchOperation[] {
  if (values.length === 0) return []
  return isThere ? values.map(value => add(`${path}/-`, value)) : [add(path, values)]
}

/** Sets entries of a map, which is made where there is none. */
export function setEntries(path: string, isThere: boolean, entries: Readonly<Record<string, string>>): PatchOperation[] {
  if (!isThere) return [add(path, entries)]
  return Object.entries(entries).map(([key, value]) => add(`${path}/${pointerToken(key)}`, value))
}
