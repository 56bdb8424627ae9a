import { printable } from './printable.ts'

/** What a cell looks like, when that is not what it holds: colours take no room. Row 0 is the headings. */
export type Dress = (cell: string, row: number, column: number) => string

/**
 * Lines of columns as wide as their widest cell, as kubectl prints them: headings, then rows; no trailing spaces. Whatever a cell holds, a
 * row is one line, and does nothing to a terminal.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], dress: Dress = cell => cell): string {
  const lines = [headings, ...rows].map(line => line.map(printable))
  const widths = headings.map((_, column) => lines.reduce((widest, line) => Math.max(widest, (line[column] ?? '').length), 0))
  return lines.map((line, row) => {
    const cells = line.map((cell, column) => `${dress(cell, row, column)}${' '.repeat((widths[column] ?? 0) - cell.length)}`)
    return `${cells.join(gap).trimEnd()}\n`
  }).join('')
}

/** What stands between two columns. */
export const gap = '   '

/** A bar as long as `share` (0 … 1) of `width` characters, to an eighth of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + ('▏▎▍▌▋▊▉'[eighths % 8 - 1] ?? '')
}
