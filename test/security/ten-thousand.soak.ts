// 10,000 connections to one Versprei: npm run test:soak -- security
//
// On loopback, one crowd after another, each to a process of its own with the heap of a container of 512 MiB. Both ends have a file descriptor for
// each connection: Node.js raises its limit to the hard one by itself, and where that is too low this fails and says so.
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { crowd, crowds } from './crowds.ts'

const count = 10_000
/** Listeners, logs, libraries, and what else a process has open. */
const besides = 500
const page = await readFile(join(import.meta.dirname, '../../docs/security.md'), 'utf8')
const most = { grown: 400, slower: 1000 }

// Handshakes take a while where there are few cores.
t.setTimeout(900_000)

void t.test('the hard limit of file descriptors lets a process have 10,000 connections', async t => {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  t.ok(limit === 'unlimited' || Number(limit) >= count + besides, `it is ${limit}: ulimit -Hn ${count + besides} is needed`)
})

for (const one of crowds(64 * 1024)) {
  const name = `10,000 ${one.name}`
  void t.test(`10,000 ${one.name}: others are answered within a second, and memory stays bounded`, async t => {
    const { grown, slower } = await crowd(t, one, count)
    t.comment(`${name}: ${grown} MiB, 99 of 100 others slower by ${slower.toFixed(0)} ms`)
    t.ok(grown < most.grown, `${grown} MiB`)
    t.ok(slower < most.slower, `${slower.toFixed(0)} ms`)
    t.match(page, `| ${name} |`)
  })
}
