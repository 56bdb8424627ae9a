import { access, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { runCommand } from '../cli/run-command.ts'

const root = join(import.meta.dirname, '../..')
const pages = ['README.md', 'docs/placement.md', 'docs/reference.md', 'docs/security.md', 'certs/README.md']
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
  t.same(offline.map(([command]) => command), ['plan', 'admit', 'plan'])
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
  t.same(made.toSorted(), ['clean', 'install', 'test'])
  t.same(made.filter(target => !targets.has(target)), [])
})

void t.test('every file that a page links to or a command names is there', async t => {
  const linksOf = async (path: string) => [...(await read(path)).matchAll(/\]\((?<link>[^)#:\s]+)\)/gu)]
    .map(({ groups = {} }) => join(dirname(path), groups['link'] ?? ''))
  const links = (await Promise.all(pages.map(linksOf))).flat()
  const files = [...lines, ...(await read('Makefile')).split('\n')].flatMap(line => line.match(/(?<![\w/.-])config\/[\w/.-]+/gu) ?? [])
  t.ok(links.length > 8 && files.length > 5, `${links.length} links, ${files.length} files`)
  const all = [...new Set([...links, ...files])]
  const there = await Promise.all(all.map(isThere))
  t.same(all.filter((_, index) => !there[index]), [])
})
