import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const source = join(import.meta.dirname, '../../src')
/** A literal stands where a value may begin; what is commented out is left out. */
const literal = /(?<=(?:[=(,:?[!&|]|return|=>)\s*)\/(?<body>(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/(?<flags>[dgimsuvy]*)(?=[\s.,;)\]]|$)/gmu

export interface Found { readonly file: string, readonly body: string, readonly flags: string }

/** Every regular expression of the program. */
export async function readExpressions(): Promise<readonly Found[]> {
  const files = (await readdir(source, { recursive: true })).filter(file => file.endsWith('.ts')).toSorted()
  return (await Promise.all(files.map(async file => {
    const text = (await readFile(join(source, file), 'utf8')).replaceAll(/^\s*(?:\*|\/\/|\/\*).*$/gmu, '')
    return [...text.matchAll(literal)].map(({ groups = {} }) => ({ file, body: groups['body'] ?? '', flags: groups['flags'] ?? '' }))
  }))).flat()
}

/** The files that make one of a text: those would not be found. */
export async function makersOfExpressions(): Promise<readonly string[]> {
  const files = (await readdir(source, { recursive: true })).filter(file => file.endsWith('.ts'))
  const texts = await Promise.all(files.map(async file => ({ file, text: await readFile(join(source, file), 'utf8') })))
  return texts.filter(({ text }) => /\bRegExp\(/u.test(text)).map(({ file }) => file)
}
