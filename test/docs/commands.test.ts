import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { asMap } from '../../src/placement/is-map.ts'
import { runCommand } from '../cli/run-command.ts'

const root = join(import.meta.dirname, '../..')
const docs = ['placement', 'reference', 'getting-started', 'detect', 'operations', 'recipes', 'comparison', 'security'].map(name => `docs/${name}.md`)
const pages = ['README.md', ...docs, 'certs/README.md', 'charts/versprei/README.md']
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
const isThere = (path: string): Promise<boolean> => access(join(root, path)).then(() => true, () => false)

/** All that is code on a page: its blocks and what stands in backticks. */
const codeOf = (page: string): readonly string[] => [...page.matchAll(/```\w*\n(?<block>.*?)```|`(?<words>[^`\n]+)`/gsu)]
  .map(({ groups = {} }) => groups['block'] ?? groups['words'] ?? '')

/** The commands of all pages, one a line, without prompt and comment. */
const lines = (await Promise.all(pages.map(async path => codeOf(await read(path)))))
  .flat().flatMap(code => code.split('\n')).map(line => line.replace(/^\$ /u, '').replace(/\s+#.*$/u, ''))
const program = 'npm run --silent versprei -- '
const ours = lines.filter(line => line.startsWith(program)).map(line => line.slice(program.length).split(' '))

/** The pages say what works in the root of a checkout. */
const inCheckout = (args: readonly string[]): readonly string[] => args.map(arg => (arg.startsWith('config/') ? join(root, arg) : arg))

void t.test('the commands that are shown run, and find nothing wrong', async t => {
  const offline = ours.filter(args => args.includes('--manifests'))
  t.same(offline.map(([command]) => command), ['plan', 'admit', 'plan', 'plan', 'plan'])
  for (const args of offline) {
    const { code, err } = await runCommand(inCheckout(args))
    t.same({ code, err }, { code: 0, err: '' }, args.join(' '))
  }
})

void t.test('what is shown as printed is what is printed', async t => {
  const shown = codeOf(await read('docs/placement.md')).find(code => code.startsWith(`$ ${program}plan`)) ?? ''
  const [command = '', ...printed] = shown.split('\n')
  const { out } = await runCommand(inCheckout(command.slice(`$ ${program}`.length).split(' ')))
  t.equal(printed.join('\n'), out)
})

void t.test('every script and target that is named is there', async t => {
  const { scripts } = JSON.parse(await read('package.json'))
  const scriptsIn = (line: string) => [...line.matchAll(/\bnpm (?:run (?:--silent )?)?(?<script>[a-z:]+)/gu)]
  const named = lines.flatMap(scriptsIn).map(({ groups = {} }) => groups['script'] ?? '')
  t.same([...new Set(named)].filter(name => name !== 'ci' && scripts[name] === undefined), [])
  t.ok(['start', 'test', 'test:cluster', 'versprei'].every(name => named.includes(name)))
  const targets = new Set((await read('Makefile')).match(/^[a-z]+(?=:)/gmu))
  const made = lines.flatMap(line => /^make (?<target>[a-z]+)$/u.exec(line)?.groups?.['target'] ?? [])
  t.same([...new Set(made)].toSorted(), ['clean', 'install', 'test'])
  t.same(made.filter(target => !targets.has(target)), [])
})

void t.test('every file that a command names is there', async t => {
  const commands = [...lines, ...(await read('Makefile')).split('\n')]
  const files = commands.flatMap(line => line.match(/(?<![\w/.-])(?:config|charts)\/[\w/.-]+/gu) ?? [])
  t.ok(files.length > 10, `${files.length} files`)
  const all = [...new Set(files)]
  const there = await Promise.all(all.map(isThere))
  t.same(all.filter((_, index) => !there[index]), [])
})

void t.test('every command of versprei that is shown is one, with flags that it has', async t => {
  const named = lines.filter(line => /^(?:kubectl )?versprei [a-z]+(?: |$)/u.test(line))
  const shown = [...ours, ...named.map(line => line.replace(/^kubectl /u, '').split(' ').slice(1))]
  const used = new Set(shown.map(args => args.filter(arg => /^[a-z]/u.test(arg)).slice(0, args[0] === 'certs' ? 2 : 1).join(' ')))
  t.ok(['plan', 'admit', 'check', 'version', 'certs rotate'].every(command => used.has(command)), [...used].join(', '))
  for (const args of shown) {
    const command = args.slice(0, args[1] === 'rotate' ? 2 : 1)
    const { code, out } = await runCommand([...command, '--help'])
    const flags = args.filter(arg => /^--[a-z]/u.test(arg))
    t.same({ code, unknown: flags.filter(flag => !out.includes(`${flag} `)) }, { code: 0, unknown: [] }, args.join(' '))
  }
})

void t.test('every value of the chart that a page sets is one', async t => {
  const values: unknown = parse(await read('charts/versprei/values.yaml'))
  const set = lines.flatMap(line => [...line.matchAll(/--set(?:-string|-json)? '?(?<path>[\w.\\/-]+)=/gu)])
    .map(({ groups = {} }) => groups['path'] ?? '')
  t.ok(set.length > 8, `${set.length} values`)
  // What stands below an empty map is the user's own.
  const below = (map: unknown, key: string): unknown => asMap(map)[key] ?? (Object.keys(asMap(map)).length === 0 ? map : undefined)
  const isValue = (path: string): boolean => path.split(/(?<!\\)\./u).reduce(below, values) !== undefined
  t.same(set.filter(path => !isValue(path)), [])
})
