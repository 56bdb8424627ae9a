import { extname } from 'node:path'
import { detectOutputs } from '../output-formats.ts'

export type DetectFormat = typeof detectOutputs[number]

/** How to print, and where to: standard output without a file. */
export interface Output {
  readonly format: DetectFormat
  readonly file?: string
}

/** The format that a file's ending asks for. */
const byEnding: Readonly<Record<string, DetectFormat>> = {
  '.json': 'json', '.yaml': 'yaml', '.yml': 'yaml', '.csv': 'csv', '.md': 'markdown', '.html': 'html', '.htm': 'html', '.txt': 'table',
}

/** The endings of files that say what their format is. */
export const endings: readonly string[] = Object.keys(byEnding)

/** What `--output` names: a format, or a file by whose ending the format is chosen; or what is wrong with it. */
export function parseOutput(text: string): Output | { readonly mistake: string } {
  const format = detectOutputs.find(one => one === text)
  if (format !== undefined) return { format }
  const ending = extname(text).toLowerCase()
  const chosen = Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined
  if (chosen !== undefined) return { format: chosen, file: text }
  return { mistake: `It must be ${detectOutputs.join(', ')}, or a file that ends in ${endings.join(', ')}.` }
}
