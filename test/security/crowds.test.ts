import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { crowd, crowds } from './crowds.ts'

const page = await readFile(join(import.meta.dirname, '../../docs/security.md'), 'utf8')

const most: Readonly<Record<string, number>> = {
  'connections that never shake hands': 100, 'connections that send nothing': 200, 'connections with half a head': 200,
  'connections with half a body of 1 MiB': 350,
}
for (const one of crowds(512 * 1024)) {
  const name = `1,000 ${one.name}`
  void t.test(`1,000 ${one.name}: others are answered within a second, and memory stays bounded`, async t => {
    const { grown, slower } = await crowd(t, one, 1000)
    t.comment(`${name}: ${grown} MiB, 99 of 100 others slower by ${slower.toFixed(0)} ms`)
    t.ok(grown < (most[one.name] ?? 0), `${grown} MiB`)
    t.ok(slower < 1000, `${slower.toFixed(0)} ms`)
    t.match(page, `| ${name} |`)
  })
}
