import type { Screen } from './colour.ts'

/** Home; a line that is too long is cut and not wrapped (DECAWM), and all that stood below goes (ED). */
const [begin, end] = ['\u001B[H\u001B[?7l', '\u001B[J\u001B[?7h']

/** The screen is empty. */
export const clearScreen = '\u001B[2J'

/** Draws over what stands there: as many lines as there is room for, how many more there are, and beneath a blank line the foot. */
export function fillScreen(lines: readonly string[], foot: readonly string[], { rows }: Screen): string {
  // A blank line and the foot are below; the last line of all is the cursor's.
  const room = Math.max(2, rows - foot.length - 2)
  const shown = lines.length > room ? [...lines.slice(0, room - 1), `and ${lines.length - room + 1} more`] : lines
  // What is left of a longer line goes too (EL).
  return `${begin}${[...shown, ...(lines.length === 0 ? [] : ['']), ...foot].map(line => `${line}\u001B[K\n`).join('')}${end}`
}
