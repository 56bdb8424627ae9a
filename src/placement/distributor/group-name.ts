/**
 * The name of a group that was given none: the last part of its first label's key, `-`, and the value, as in `type-default` or
 * `gke-spot-true`. First is first in alphabetical order: the API server keeps a map's keys sorted, so the written order is lost.
 * Both parts are valid in a label value; what remains is to cut at 63 characters and to end with a letter or digit (an empty
 * value would leave the dash).
 *
 * @param labels sorted by key, keys and values valid, at least one
 */
export const deriveGroupName = (labels: readonly (readonly [key: string, value: string])[]): string => {
  const [key, value] = labels[0] ?? ['', '']
  return `${key.slice(key.indexOf('/') + 1)}-${value}`.slice(0, 63).replace(/[-_.]+$/, '')
}
