import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { ensureCertificates } from '../src/certificates/folder.ts'
import { apiServerDefaults, measureApiServer } from './api-server/measure-api-server.ts'
import { writeApiServer } from './api-server/report-api-server.ts'
import { createChildren, type Children } from './children.ts'
import { createClient } from './load.ts'
import { measureRound, type Measurement, type Server } from './measure.ts'
import { memoryOf } from './process-usage.ts'
import { startProduct } from './product.ts'
import { goalTable, judge, loadTable, startTable, type Result } from './report.ts'
import { parts, writeResults, type Part } from './results-file.ts'
import type { World } from './world.ts'

/** No bench takes longer than this, in milliseconds: then it ends without a result. */
const longest = 20 * 60_000

interface Counts {
  readonly rounds: number
  /** Reviews for each server in each round. */
  readonly requests: number
  readonly distributors: number
  readonly pods: number
  readonly nodes: number
}

const defaults: Counts = { rounds: 15, requests: 4000, distributors: 10_000, pods: 150_000, nodes: 5000 }

interface Wanted {
  readonly counts: Counts
  /** What is measured. */
  readonly only: readonly Part[]
}

/**
 * The counts from `--rounds 3 --pods 1000 …`, to try things out; those of the goals are the defaults. `--only api-server`, or
 * `--only decisions`, measures one part. @throws for anything else
 */
function parseWanted(args: readonly string[]): Wanted {
  const option = { type: 'string' } as const
  const options = { only: option, rounds: option, requests: option, distributors: option, pods: option, nodes: option }
  const { values: { only, ...counts } } = parseArgs({ args: [...args], options })
  const given = Object.entries(counts).map(([name, text]) => {
    if (!/^\d{1,6}$/u.test(text)) throw new Error(`--${name}: ${JSON.stringify(text)} is not a number of at most six digits`)
    return [name, Number(text)] as const
  })
  const part = parts.find(part => part === only)
  if (only !== undefined && part === undefined) throw new Error(`--only: ${JSON.stringify(only)} is none of: ${parts.join(', ')}`)
  return { counts: { ...defaults, ...Object.fromEntries(given) }, only: part === undefined ? parts : [part] }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function startServers(children: Children, folder: string, { distributors, pods, nodes }: Counts): Promise<readonly Server[]> {
  const certificates = join(folder, 'certificates')
  await ensureCertificates(certificates, { hosts: ['localhost', '127.0.0.1', '::1'], now: new Date() })
  const number = (count: number): string => count.toLocaleString('en')
  const worlds: readonly World[] = [{ distributors: 1, pods: 0, nodes }, { distributors, pods: 0, nodes }, { distributors, pods, nodes }]
  const servers: Server[] = []
  for (const world of worlds) {
    const name = `${number(world.distributors)} distributor${world.distributors === 1 ? '' : 's'}, ${number(world.pods)} pods`
    const product = await startProduct({ children, name: `w${servers.length}`, world, folder, certificates })
    say(`${name}: synced in ${product.start.toSync.toFixed(1)} s`)
    servers.push({ name, pid: product.pid, client: createClient(product.url, certificates), world, product })
  }
  // Last, so that it presents the very certificate that the others do, should one of them have added names to it.
  const echo = await children.fork(join(import.meta.dirname, 'echo-server.ts'), [certificates])
  const client = createClient(String(echo.message), certificates)
  return [{ name: 'echo', pid: echo.child.pid ?? 0, client, world: worlds[2]!, product: undefined }, ...servers]
}

/** How many reviews a server is sent before another one has its turn. */
const sliceSize = 500
/** Rounds that are not counted, until everything is compiled: V8 optimizes the last of it after some 35,000 reviews (`--trace-opt`). */
const warmUps = 10

async function measureAll(servers: readonly Server[], { rounds, requests }: Counts): Promise<readonly (readonly Measurement[])[]> {
  const measured: (readonly Measurement[])[] = []
  const slices = Math.ceil(requests / sliceSize)
  for (let number = 0; number < warmUps + rounds; number += 1) {
    const round = await measureRound(servers, { number, requests, slices })
    if (number >= warmUps) measured.push(round)
    const name = number < warmUps ? 'warming up' : `round ${number - warmUps + 1} of ${rounds}`
    say(`${name}: ${round.map(({ cpu }) => cpu.toFixed(1)).join('  ')} µs a request`)
  }
  return measured
}

function describeMachine(): string {
  const [cpu] = cpus()
  return `${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.version}`
}

function describeCommit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim()
  return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', '../src') === '' ? '' : ', with changes in src'}`
}

/** Where and when it was measured. */
function describeOrigin(): readonly string[] {
  return [`- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${describeCommit()}`, `- ${describeMachine()}`]
}

function write(results: readonly Result[], { rounds, requests, nodes }: Counts): string {
  const [echo, empty, listed, full] = results
  const goals = judge(echo!, empty!, listed!, full!)
  const missed = goals.filter(({ met }) => !met)
  const verdict = missed.length === 0 ? 'Every goal is met.' : `**Missed: ${missed.map(({ what }) => what).join('; ')}.**`
  return [
    ...describeOrigin(),
    `- ${rounds} rounds of ${requests} reviews a server, ${nodes} nodes; ratios are the median of pairs of ${sliceSize} reviews sent one after the other (quartiles; all together)`, '',
    verdict, '', goalTable(goals), '', loadTable(results), '', startTable(results), '',
  ].join('\n')
}

async function runDecisions(counts: Counts, children: Children, folder: string): Promise<string> {
  const servers = await startServers(children, folder, counts)
  const measured = await measureAll(servers, counts)
  const results = servers.map(({ name, pid, product }, index): Result => ({
    name, rounds: measured.map(round => round[index]!), product: product && { start: product.start, memory: memoryOf(pid) },
  }))
  await Promise.all(servers.map(({ client }) => client.close()))
  return write(results, counts)
}

async function runApiServer(children: Children, folder: string): Promise<string> {
  const result = await measureApiServer({ children, folder, counts: apiServerDefaults, say })
  return writeApiServer(result, apiServerDefaults, describeOrigin())
}

async function run({ counts, only }: Wanted, folder: string): Promise<void> {
  const measured = new Map<Part, string>()
  for (const part of only) {
    // What one part has started is gone before the next begins.
    const children = createChildren()
    endAll = children.end
    try {
      measured.set(part, part === 'decisions' ? await runDecisions(counts, children, folder) : await runApiServer(children, folder))
    } finally {
      children.end()
    }
    say(`\n${measured.get(part)}`)
  }
  if (!isDeepStrictEqual(counts, defaults)) {
    say('The decisions are not written to RESULTS.md: the counts were not those of the goals.')
    measured.delete('decisions')
  }
  if (measured.size > 0) await writeResults(measured)
}

let endAll = (): void => undefined
const folder = await mkdtemp(join(tmpdir(), 'versprei-bench-'))
const giveUp = (why: string): void => {
  process.stderr.write(`bench: ${why}\n`)
  endAll()
  process.exit(1)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => giveUp(`ended by ${signal}`))
setTimeout(() => giveUp(`not done after ${longest / 60_000} minutes`), longest).unref()
try {
  await run(parseWanted(process.argv.slice(2)), folder)
} finally {
  await rm(folder, { recursive: true, force: true })
}
