import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** A page of the repository as it stands. */
export const readPage = (path: string): Promise<string> => readFile(join(root, path), 'utf8')

/** Every page that a reader may come to, by its path from the root. */
export async function listPages(): Promise<readonly string[]> {
  const exclude = (path: string) => /(?:^|\/)(?:node_modules|dist|\.tap|\.git)(?:\/|$)/u.test(path)
  return (await Array.fromAsync(glob('**/*.md', { cwd: root, exclude }))).toSorted()
}

/** What stands in the blocks of one language. */
export function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(/^(?<fence>`{3,})(?<language>\w*)\n(?<text>.*?)^\k<fence>$/gmsu)]
    .flatMap(({ groups = {} }) => (groups['language'] === language ? [groups['text'] ?? ''] : []))
}

/** The page without its blocks and what stands in backticks: what is left is prose, and its links. */
export function proseOf(page: string): string {
  return page.replaceAll(/^(?<fence>`{3,})\w*\n.*?^\k<fence>$/gmsu, '').replaceAll(/`[^`\n]+`/gu, '`code`')
}
