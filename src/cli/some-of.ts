/** So many are named. */
const usual = 5

/** `a, b, c and 4 more`. */
export function someOf(names: readonly string[], limit = usual): string {
  return names.length <= limit ? names.join(', ') : `${names.slice(0, limit).join(', ')} and ${names.length - limit} more`
}
