import t from 'tap'
import { makersOfExpressions, readExpressions } from './read-expressions.ts'

const length = 30_000
/** Each is said over and over: where an expression may split a text in many ways, one of these has it try them all. */
const parts = [
  'a', 'A', '0', '-', '.', '_', ':', ' ', '\n', '\t', '"', '\\', '/', '[', '<', 'a.', 'a-', '-a', '.a', 'a_', '0-', '-12345678', '-1234567', 'FF:', '+0',
  'DNS:', 'DNS:"', 'DNS:"\\', 'IP Address:', '-----BEGIN ', '-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----a', 'https://', 'https://a', '\u0001', '\uFFFD', 'é',
]
const ends = ['', '!']
const heads = ['', 'a']

/** What meets texts of a bounded length alone, and why: none of these may be longer. */
const bounded: Readonly<Record<string, number>> = {
  // group-name.ts cuts to 63 characters before.
  '[-_.]+$': 63,
  // events.ts cuts to 1,024 bytes before.
  '\\uFFFD+$': 1024,
}

/** Milliseconds for one text; thirty thousand steps take less than one, their square a second and more. */
const limit = 500

void t.test('every regular expression takes time in proportion to the text, whatever that is', async t => {
  const found = await readExpressions()
  t.ok(found.length > 40, `${found.length} expressions`)
  t.same(await makersOfExpressions(), [], 'none is made of a text')
  const all = Map.groupBy(found, ({ body, flags }) => `/${body}/${flags}`)
  for (const [shown, [{ file, body, flags }]] of [...all].map(([key, same]) => [key, [same[0]!]] as const)) {
    const expression = new RegExp(body, flags)
    const longest = bounded[body] ?? length
    let slowest = 0
    for (const part of parts) {
      for (const end of ends) {
        for (const head of heads) {
          const text = head + part.repeat(Math.ceil(longest / part.length)) + end
          const begin = process.cpuUsage()
          text.replace(expression, '')
          const { user, system } = process.cpuUsage(begin)
          slowest = Math.max(slowest, (user + system) / 1000)
        }
      }
      if (slowest > limit) break
    }
    t.ok(slowest < limit, `${file}: ${shown} takes ${slowest.toFixed(0)} ms`)
  }
})

void t.test('the test finds one that does not', async t => {
  const begin = process.cpuUsage()
  '!'.padStart(length, '-').replace(/-+$/u, '')
  const { user, system } = process.cpuUsage(begin)
  t.ok((user + system) / 1000 > limit)
})
