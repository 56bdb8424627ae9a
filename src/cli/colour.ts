import type { Environment } from './configuration.ts'

/** What printing needs to know of the terminal that standard output is. */
export interface Screen {
  /** Characters on a line. */
  readonly columns: number
  /** Lines. */
  readonly rows: number
}

/** The looks that there are: faint is for what may be passed over. */
const codes = { bold: [1, 22], faint: [2, 22], red: [31, 39], yellow: [33, 39], green: [32, 39] } as const

export type Look = keyof typeof codes

/** Gives a text a look, or leaves it as it is. */
export type Paint = (text: string, look: Look) => string

/**
 * Whether to print in colour: at a terminal that is not `dumb`, unless NO_COLOR (no-color.org) is set. FORCE_COLOR counts before both, as
 * with Node.js: `0` and `false` are no, anything else is yes. `--no-color` counts before all.
 */
export function wantsColour(isAllowed: boolean, environment: Environment, screen: Screen | undefined): boolean {
  if (!isAllowed) return false
  const { FORCE_COLOR: forced, NO_COLOR: refused = '', TERM: terminal } = environment
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return screen !== undefined && refused === '' && terminal !== 'dumb'
}

/** Looks by the sequences that every terminal knows (ECMA-48, SGR), or none at all. */
export function createPaint(isOn: boolean): Paint {
  return (text, look) => {
    const [on, off] = codes[look]
    return isOn && text !== '' ? `\u001B[${on}m${text}\u001B[${off}m` : text
  }
}
