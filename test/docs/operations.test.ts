import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { eventReasons } from '../../src/placement/status/news.ts'
import { conditionReasons } from '../../src/placement/status/reasons.ts'
import { readPage, root } from './pages.ts'

const operations = await readPage('docs/operations.md')

/** The cells of the table in a section, without their backticks. */
const table = (page: string, heading: string): readonly (readonly string[])[] => {
  const text = page.split(new RegExp(`\\n##+ ${heading}\\n`, 'u'))[1]?.split(/\n##+ /u)[0] ?? ''
  return text.split('\n').filter(line => /^\| (?!---)/u.test(line)).slice(1)
    .map(line => line.split('|').slice(1, -1).map(cell => cell.trim().replaceAll('`', '')))
}

/** What is said to be seen: the paragraphs that begin with it, one line each. */
const seen = [...operations.matchAll(/\*Seen\*:(?<text>.*?)(?=\n- |\n\n|\*Do\*)/gsu)]
  .map(({ groups = {} }) => (groups['text'] ?? '').replaceAll(/\s+/gu, ' '))

void t.test('the alerts are those of the chart, in its order, with their severity', async t => {
  const rules = await readPage('charts/versprei/templates/prometheus-rule.yaml')
  const alerts = [...rules.matchAll(/- alert: (?<name>\w+).*?"severity" "(?<severity>\w+)"/gsu)]
    .map(({ groups = {} }) => [groups['name'], groups['severity']])
  t.same(table(operations, 'Alerts').map(([name, , severity]) => [name, severity]), alerts)
})

void t.test('what is said to be in a log, or in a line of check, is what the code says', async t => {
  const files = await Array.fromAsync(glob('src/**/*.ts', { cwd: root }))
  const code = (await Promise.all(files.map(file => readFile(join(root, file), 'utf8')))).join('\n').replaceAll("\\'", "'")
  const quoted = seen.flatMap(text => [...text.matchAll(/\*(?<words>[^*]+)\*/gu)]).map(({ groups = {} }) => groups['words'] ?? '')
  t.ok(quoted.length >= 20, `${quoted.length} texts`)
  // A figure or a name stands in the code as an expression.
  const parts = quoted.flatMap(text => text.split(/…|: |\d+ s\b|\bversprei\b|, and takes it without|, and without/u))
    .map(part => part.trim().replace(/[,;:]$/u, ''))
  t.same(parts.filter(part => !code.includes(part)), [])
})

void t.test('every metric and reason that is said to be seen is one', async t => {
  const reference = await readPage('docs/reference.md')
  const reasons = [...Object.values(conditionReasons).flat(), ...Object.keys(conditionReasons), ...eventReasons]
  const words = seen.flatMap(text => [...text.matchAll(/`(?<word>[A-Za-z_]+)(?:\{[^`]*\})?`/gu)])
    .map(({ groups = {} }) => groups['word'] ?? '')
  t.ok(words.length > 20, `${words.length} words`)
  const isAlert = (word: string) => word.startsWith('Versprei') && operations.includes(`| \`${word}\` |`)
  // The ReplicaSet controller's own.
  const others = ['FailedCreate']
  const isKnown = (word: string) => (/^[A-Z]/u.test(word)
    ? [...reasons, ...others].includes(word) || isAlert(word)
    : reference.includes(`| \`versprei_${word}\``) || reference.includes(`| \`${word}\` |`) || word.startsWith('apiserver_'))
  t.same(words.filter(word => !isKnown(word)), [])
})

void t.test('the figures of sizing are those of the last bench', async t => {
  const results = await readPage('bench/RESULTS.md')
  const rows = (first: string) => (results.split(`| ${first} |`)[1]?.split('\n\n')[0] ?? '').split('\n')
    .filter(line => / distributors?, /u.test(line)).map(line => line.split('|').slice(1, -1).map(cell => cell.trim()))
  const load = rows('server | CPU a request (µs)')
  const memory = rows('server | time to sync (s)')
  t.equal(load.length, 3)
  const wanted = memory.map(([, sync, , , once, , peak], index) => {
    const [, cpu = '', each] = load[index] ?? []
    return [`${once} MiB (${peak})`, `${sync} s`, `${(Number.parseFloat(cpu) / 1000).toFixed(2)} ms`, Number(each).toLocaleString('en')]
  })
  t.same(table(operations, 'Sizing').map(cells => cells.slice(1)), wanted)
})
