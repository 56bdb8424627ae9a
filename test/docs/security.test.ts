import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readExpressions } from '../security/read-expressions.ts'

const root = join(import.meta.dirname, '../..')
const page = await readFile(join(root, 'docs/security.md'), 'utf8')
const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
const rows = section('Threats').split('\n')
  .filter(line => line.startsWith('| ') && !line.startsWith('| threat')).map(line => line.split(' | ').map(cell => cell.replace(/^\| | \|$/gu, '')))

/** The names of a file's tests; what is put into a name stands for any text. */
const titlesIn = (text: string): readonly RegExp[] =>
  [...text.matchAll(/\bt\.test\((?<quote>['"`])(?<title>(?:\\.|(?!\k<quote>).)+)\k<quote>/gu)].map(({ groups = {} }) => {
    const fixed = (groups['title'] ?? '').replaceAll('\\', '').split(/\$\{[^}]*\}/u).map(part => RegExp.escape(part))
    return new RegExp(`^${fixed.join('.+')}$`, 'u')
  })

void t.test('every threat names a test by its title, and that test is there', async t => {
  t.ok(rows.length > 15, `${rows.length} threats`)
  for (const [threat = '', what = '', test = ''] of rows) {
    t.ok(threat.length > 10 && what.length > 10, threat)
    const { file = '', name = '' } = /^`(?<file>test\/[\w/.-]+\.(?:test|soak)\.ts)`: (?<name>.+)$/u.exec(test)?.groups ?? {}
    const text = await readFile(join(root, file), 'utf8').catch(() => '')
    t.match(text, /\bt\.test\(/u, `${file} is there`)
    t.ok(titlesIn(text).some(title => title.test(name)), `${file}: ${name}`)
  }
})

void t.test('every regular expression that meets a text in the server is listed, and no other', async t => {
  const found = (await readExpressions()).filter(({ file }) => !/^(?:cli|survey)\//u.test(file)).map(({ file, body, flags }) => `${file} /${body}/${flags}`)
  const listed = section('Regular expressions').split('\n').filter(line => line.startsWith('| `')).flatMap(line => {
    const [, file = '', , ...cells] = line.replaceAll('\\|', '\u0000').split('|')
    return [...cells.join('|').matchAll(/`(?<one>[^`]+)`/gu)].map(({ groups = {} }) =>
      `${file.replaceAll(/[` ]/gu, '')} ${(groups['one'] ?? '').replaceAll('\u0000', '|')}`)
  })
  t.same(listed.toSorted(), [...new Set(found)].toSorted())
})
