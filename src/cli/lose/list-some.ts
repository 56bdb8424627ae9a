/** The first of these names, and how many more there are: `a, b and 3 more`; `none` where there is none. */
export function listSome(names: readonly string[], most = 10): string {
  if (names.length === 0) return 'none'
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ')
}
