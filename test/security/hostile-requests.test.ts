import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import t, { type Test } from 'tap'
import { metric } from '../cli/serving.ts'
import { start } from '../cli/process.ts'
import { hostileRequests, shake, type Target } from './hostile-requests.ts'
import { startWellBehaved } from './well-behaved.ts'

const manifests = join(import.meta.dirname, 'manifests')
const page = await readFile(join(import.meta.dirname, '../../docs/security.md'), 'utf8')
const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)

/** The heap that Node gives itself in a container of 512 MiB, which is what config/deploy and the chart allow. */
const container = { NODE_OPTIONS: '--max-old-space-size=256' }

/** A Versprei in a process of its own, so that its time and memory are its own. */
async function serve(t: Test): Promise<Target & { readonly metricsUrl: string }> {
  const certificates = await mkdtemp(join(tmpdir(), 'versprei-hostile-'))
  t.teardown(() => rm(certificates, { recursive: true }))
  const running = start(t, ['serve', '--manifests', manifests, '--certificates', certificates, '--host', '127.0.0.1', '--port', '0', '--metrics-port', '0'], container)
  const { url, metricsUrl = '' } = await running.logs('serving')
  return { port: Number(new URL(url ?? '').port), ca: await readFile(join(certificates, 'ca.crt'), 'utf8'), metricsUrl }
}
/**
 * Asks two, of which one is left in peace; `stop` gives how much slower than 99 of 100 answers of that one those of the other were, in
 * milliseconds: what the machine does to both is not the doing of whoever misbehaves.
 */
async function compare(t: Test, { port, ca }: Target): Promise<{ readonly stop: () => Promise<number> }> {
  const calm = await serve(t)
  const [inPeace, disturbed] = [calm, { port, ca }].map(startWellBehaved)
  return { stop: async () => Math.max(0, await disturbed!.stop() - await inPeace!.stop()) }
}
const memory = (url: string) => metric(url, 'process_resident_memory_bytes')
const cpu = (url: string) => metric(url, 'process_cpu_seconds_total')

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

const count = 1000
const head = 'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
const crowds: readonly { name: string, open: (target: Target) => Promise<Duplex>, most: number }[] = [
  { name: '1,000 connections that never shake hands', most: 100, open: async ({ port }) => connect(port, '127.0.0.1').on('error', () => undefined) },
  { name: '1,000 connections that send nothing', most: 200, open: shake },
  {
    name: '1,000 connections with half a head', most: 200,
    async open(target) {
      const socket = await shake(target)
      socket.write(head)
      return socket
    },
  },
  {
    name: '1,000 connections with half a body of 1 MiB', most: 350,
    async open(target) {
      const socket = await shake(target)
      socket.write(`${head}content-length: 1048576\r\n\r\n${' '.repeat(512 * 1024)}`)
      return socket
    },
  },
]
for (const { name, open, most } of crowds) {
  void t.test(`${name}: others are answered within a second, and memory stays bounded`, async t => {
    const { metricsUrl, ...target } = await serve(t)
    const before = await memory(metricsUrl)
    const opened: Duplex[] = []
    t.teardown(() => { for (const socket of opened) socket.destroy() })
    while (opened.length < count) opened.push(...await Promise.all(Array.from({ length: 20 }, () => open(target))))
    const others = await compare(t, target)
    await wait(1000)
    const slowest = await others.stop()
    const grown = megabytes(await memory(metricsUrl) - before)
    t.comment(`${name}: ${grown} MiB, 99 of 100 others slower by ${slowest.toFixed(0)} ms`)
    t.ok(grown < most, `${grown} MiB`)
    t.ok(slowest < 1000, `${slowest.toFixed(0)} ms`)
    t.match(page, `| ${name} |`)
    for (const socket of opened) socket.destroy()
  })
}

void t.test('the port for metrics takes no bodies, cuts slow heads, and answers others', async t => {
  const { metricsUrl } = await serve(t)
  const { port } = new URL(metricsUrl)
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
})
