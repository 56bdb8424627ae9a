import { isMap } from '../placement/is-map.ts'
import { field, textField } from './json-field.ts'

/** What names one object: a name can be used again by another object, a uid never. */
export interface ObjectKey {
  /** Empty for objects of the cluster (nodes). */
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** The key and resourceVersion in an object's metadata; undefined when it has no metadata. */
export function parseKey(object: unknown): { readonly key: ObjectKey, readonly resourceVersion: string | undefined } | undefined {
  const metadata = field(object, 'metadata')
  if (!isMap(metadata)) return undefined
  const text = (key: string) => textField(metadata, key) ?? ''
  const key = { namespace: text('namespace'), name: text('name'), uid: text('uid') }
  return { key, resourceVersion: textField(metadata, 'resourceVersion') }
}
