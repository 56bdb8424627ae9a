import { someOf } from '../some-of.ts'

/** The first of these names, and how many more there are: `a, b and 3 more`; `none` where there is none. */
export function listSome(names: readonly string[], most = 10): string {
  return names.length === 0 ? 'none' : someOf(names, most)
}
