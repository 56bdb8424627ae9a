import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')

interface File {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

/** What a module imports: its own files by their path from the root, anything else by its name. */
function importsOf(path: string, text: string): readonly string[] {
  const statement = /^\s*(?:import|export)\s[^'"`;]*?from\s*['"](?<from>[^'"]+)['"]|^import\s*['"](?<bare>[^'"]+)['"]/u
  const found = text.matchAll(new RegExp(`${statement.source}|\\bimport\\(\\s*['"](?<late>[^'"]+)['"]`, 'gmu'))
  return [...found].map(({ groups = {} }) => groups['from'] ?? groups['bare'] ?? groups['late'] ?? '')
    .map(name => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name))
}

async function filesIn(folder: string): Promise<readonly File[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter(entry => entry.isFile() && /\.(?:ts|mjs|js)$/u.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1)).toSorted()
  return Promise.all(paths.map(async path => {
    const text = await readFile(join(root, path), 'utf8')
    return { path, text, imports: importsOf(path, text) }
  }))
}

const source = await filesIn('src')
const lines = ({ text }: File): number => text.split('\n').length - 1
const none: readonly string[] = []

/** The part of the product that a file is, or an import of one; undefined for what is not ours. */
const partOf = (path: string): string | undefined => /^src\/(?<part>[^/]+)/u.exec(path)?.groups?.['part']

void t.test('the reader of imports reads them', async t => {
  const text = [
    "import { a } from './b.ts'", 'import type {', '  C,', "} from '../c.ts'", "import 'd'", "export { e } from 'e'", "const f = await import('node:fs')",
  ].join('\n')
  t.strictSame(importsOf('src/x/a.ts', text), ['src/x/b.ts', 'src/c.ts', 'd', 'e', 'node:fs'])
  t.ok(source.length > 50 && source.filter(({ imports }) => imports.length > 0).length > 40, `${source.length} files`)
})

void t.test('placement imports nothing but itself, survey nothing but placement, and both read no clock, chance, environment or network', async t => {
  const pure = source.filter(({ path }) => ['placement', 'survey'].includes(partOf(path) ?? ''))
  t.strictSame(
    pure.flatMap(({ path, imports }) => imports.filter(name => !['placement', partOf(path)].includes(partOf(name))).map(name => `${path}: ${name}`)), none
  )
  const worldly = [
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bcrypto\./u, /\bprocess\.|\bglobalThis\b|\bconsole\./u,
    /\bfetch\(|\bset(?:Timeout|Interval|Immediate)\b/u,
  ]
  t.strictSame(pure.filter(({ text }) => worldly.some(one => one.test(text))).map(({ path }) => path), none)
})

void t.test('the entry alone reads arguments and environment, and ends the process', async t => {
  const reads = /\bprocess\.(?:argv|env|exit|exitCode)\b/u
  const takes = /\{[^}]*\b(?:argv|env|exit|exitCode)\b[^}]*\}\s*(?:=\s*process\b|from\s*'node:process')/u
  const entries = source.filter(({ text }) => reads.test(text) || takes.test(text)).map(({ path }) => path)
  t.strictSame(entries, ['src/main.ts'])
})

void t.test('each part imports only those below it', async t => {
  const below: Readonly<Record<string, readonly string[]>> = {
    placement: [],
    manifests: ['placement'],
    cluster: ['placement'],
    certificates: [],
    admission: ['placement'],
    controllers: ['placement', 'cluster', 'certificates'],
    survey: ['placement'],
    dashboard: ['placement'],
    cli: ['placement', 'survey', 'manifests', 'cluster', 'certificates', 'admission', 'controllers', 'dashboard'],
    'main.ts': ['cli'],
  }
  const wrong = source.flatMap(({ path, imports }) => imports.flatMap(name => {
    const [from = '', to] = [partOf(path), partOf(name)]
    return to === undefined || to === from || below[from]?.includes(to) === true ? [] : [`${path}: ${name}`]
  }))
  t.strictSame(wrong, none)
  t.strictSame(source.map(({ path }) => partOf(path) ?? '').filter(part => !Object.hasOwn(below, part)), none, 'there is no other part')
})

void t.test('no import goes in a circle', async t => {
  const imports = new Map(source.map(file => [file.path, file.imports]))
  const done = new Set<string>()
  const circleFrom = (path: string, way: readonly string[]): string | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path].join(' → ')
    if (done.has(path)) return undefined
    const circle = (imports.get(path) ?? []).map(next => circleFrom(next, [...way, path])).find(found => found !== undefined)
    done.add(path)
    return circle
  }
  t.strictSame(source.map(({ path }) => circleFrom(path, [])).filter(circle => circle !== undefined), none)
})

void t.test('every import of ours is there', async t => {
  const paths = new Set(source.map(({ path }) => path))
  t.strictSame(source.flatMap(({ imports }) => imports.filter(name => partOf(name) !== undefined && !paths.has(name))), none)
})

void t.test('files are short and named for one thing', async t => {
  const all = [...source, ...await filesIn('test'), ...await filesIn('bench')]
  t.strictSame(all.filter(file => lines(file) > 250).map(file => `${file.path}: ${lines(file)}`), none, 'at most 250 lines')
  const wide = source.flatMap(({ path, text }) => text.split('\n').flatMap((line, index) => (line.length > 140 ? [`${path}:${index + 1}`] : [])))
  t.strictSame(wide, none, 'at most 140 characters in a line of src')
  const sizes = source.map(lines).toSorted((a, b) => a - b)
  t.ok((sizes[Math.floor(sizes.length / 2)] ?? 0) < 100, `the median of src is ${sizes[Math.floor(sizes.length / 2)]} lines`)
  t.strictSame(all.filter(({ path }) => /\/(?:utils?|helpers?|common|misc|types?|index)\.[^/]*$/u.test(path)).map(({ path }) => path), none)
  t.strictSame(source.filter(({ path }) => !/\/[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/u.test(path)).map(({ path }) => path), none, 'kebab-case')
})
