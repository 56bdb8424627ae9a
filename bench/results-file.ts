import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The parts of RESULTS.md, in their order: each is written by a run of its own, or by one of all. */
export const parts = ['decisions', 'api-server'] as const
export type Part = typeof parts[number]

const file = join(import.meta.dirname, 'RESULTS.md')
const head = '# Results of `npm run bench`\n\nWritten by the bench itself; what it does and why stands in [README.md](README.md).\n'
const headings: Readonly<Record<Part, string>> = { decisions: '## What a decision costs', 'api-server': '## What the API server waits for' }

/** What stands below the heading of a part; empty when it has not been measured. */
function read(text: string, part: Part): string {
  const from = text.indexOf(`${headings[part]}\n`)
  if (from < 0) return ''
  const begin = from + headings[part].length
  const next = text.indexOf('\n## ', begin)
  return text.slice(begin, next < 0 ? undefined : next).trim()
}

/** Writes what was measured; parts that were not measured this time stay as they are. */
export async function writeResults(measured: ReadonlyMap<Part, string>): Promise<void> {
  const old = await readFile(file, 'utf8')
  const sections = parts.map(part => ({ part, text: measured.get(part)?.trim() ?? read(old, part) })).filter(({ text }) => text !== '')
  await writeFile(file, [head, ...sections.map(({ part, text }) => `${headings[part]}\n\n${text}\n`)].join('\n'))
}
