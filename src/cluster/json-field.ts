import { isMap } from '../placement/is-map.ts'

/** Reading what others sent: any value, any shape. */

/** The value of an object's own key; undefined for everything that is not there. */
export function field(value: unknown, key: string): unknown {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** A string that is there and not empty. */
export function textField(value: unknown, key: string): string | undefined {
  const found = field(value, key)
  return typeof found === 'string' && found !== '' ? found : undefined
}
