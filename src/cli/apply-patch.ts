import type { PatchOperation } from '../placement/patch/patch-operation.ts'
import { isMap } from '../placement/is-map.ts'

/**
 * The object with a patch of ours applied, as the API server would (RFC 6902; `add` is all that we use). Throws where it does not apply.
 */
export function applyPatch(object: unknown, patch: readonly PatchOperation[]): unknown {
  return patch.reduce((current, { path, value }) => addAt(current, path.split('/').slice(1).map(unescape), value), object)
}

function unescape(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}

function addAt(target: unknown, [token, ...rest]: readonly string[], value: unknown): unknown {
  if (token === undefined) return value
  if (Array.isArray(target)) {
    if (token === '-') return [...target, value]
    return target.with(Number(token), addAt(target[Number(token)], rest, value))
  }
  if (!isMap(target)) throw new TypeError(`there is nothing to add ${token} to`)
  return { ...target, [token]: addAt(target[token], rest, value) }
}
