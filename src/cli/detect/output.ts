import { extname } from 'node:path'
import { detectOutputs } from '../output-formats.ts'

export type DetectFormat = typeof detectOutputs[number]

/** How to print, and where to: standard output without a file. */
export interface Output {
  readonly format: DetectFormat
  readonly file?: string
}

/** The format that a file's ending asks for. */
const endings: Readonly<Record<string, DetectFormat>> = {
  '.json': 'json', '.yaml': 'yaml', '.yml': 'yaml', '.csv': 'csv', '.md': 'markdown', '.html': 'html', '.htm': 'html', '.txt': 'table',
}

/** What `--output` names: a format, or a file by whose ending the format is chosen; or what is wrong with it. */
export function parseOutput(text: string): Output | { readonly mistake: string } {
  const format = detectOutputs.find(one => one === text)
  if (format !== undefined) return { format }
  const ending = extname(text).toLowerCase()
  const byEnding = Object.hasOwn(endings, ending) ? endings[ending] : undefined
  if (byEnding !== undefined) return { format: byEnding, file: text }
  return { mistake: `It must be ${detectOutputs.join(', ')}, or a file that ends in ${Object.keys(endings).join(', ')}.` }
}
