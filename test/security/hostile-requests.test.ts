import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { hostileRequests } from './hostile-requests.ts'
import { compare, cpu, megabytes, memory, serve } from './serve-hostile.ts'

const page = await readFile(join(import.meta.dirname, '../../docs/security.md'), 'utf8')

void t.test('each hostile request is answered or cut as docs/security.md says, in 5 s of CPU and 400 MiB, and others are answered meanwhile', async t => {
  const { metricsUrl, ...target } = await serve(t)
  const others = await compare(t, target)
  const rows: string[] = []
  let most = 0
  const begin = await memory(metricsUrl)
  for (const { name, send, want, isDeaf = false } of hostileRequests) {
    const before = await cpu(metricsUrl)
    const got = await send(target)
    const seconds = await cpu(metricsUrl) - before
    const grown = megabytes(await memory(metricsUrl) - begin)
    most = Math.max(most, grown)
    t.ok(got === want || (isDeaf && got === 'closed'), `${name}: ${got}, wanted is ${want}`)
    t.ok(seconds < 5, `${name}: ${seconds.toFixed(2)} s of CPU`)
    t.ok(grown < 400, `${name}: ${grown} MiB more than at first`)
    t.match(page, `| ${name} | ${want} |`, 'the page says so')
    rows.push(`${name} | ${got} | ${seconds.toFixed(2)} s | ${grown} MiB`)
  }
  const slowest = await others.stop()
  t.comment([...rows, `at most ${most} MiB more than at first; 99 of 100 other reviews ${slowest.toFixed(0)} ms slower than in peace`].join('\n'))
  t.ok(slowest < 1000, `99 of 100 other reviews were at most ${slowest.toFixed(0)} ms slower than in peace`)
  t.ok(rows.length >= 30, `${rows.length} requests`)
})

void t.test('the port for metrics takes no bodies, cuts slow heads, and answers others', async t => {
  const { metricsUrl } = await serve(t)
  const { port } = new URL(metricsUrl)
  const begin = performance.now()
  const slow = connect(Number(port), '127.0.0.1')
  slow.on('error', () => undefined).write('GET /metrics HTTP/1.1\r\nhost: x\r\n')
  const answered: string[] = []
  slow.on('data', (chunk: Buffer) => answered.push(chunk.toString()))
  const large = await fetch(`${metricsUrl}/metrics`, { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024), headers: { 'content-type': 'text/plain' } })
    .then(({ status }) => status, () => 'cut')
  t.ok(large === 413 || large === 'cut', String(large))
  const long = await fetch(`${metricsUrl}/${'a'.repeat(100_000)}`).then(({ status }) => status, () => 'cut')
  t.ok(long === 431 || long === 'cut', String(long))
  t.equal((await fetch(`${metricsUrl}/healthz`)).status, 200)
  await once(slow, 'close')
  t.match(answered.join(''), /^HTTP\/1\.1 408 /)
  const seconds = (performance.now() - begin) / 1000
  t.ok(seconds >= 10 && seconds < 20, `10 s, one more until that is seen, and what a busy machine adds: ${seconds.toFixed(1)} s`)
})
