// Everything there is, at length: npm run test:soak
//
// 20,000 random histories of the model, 10,000 connections at once, then all tests on a real control plane, every shape with every fault. Takes
// the better part of an hour, and writes test/SOAK.md: what ran, at which commit, from which seeds. VERSPREI_SEED and VERSPREI_TEST_SEED repeat a run.
// npm run test:soak -- model, security, or cluster: that part alone; what the report holds of the other stays. Exit code 0: all passed; 1: something failed.
import { execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

interface Part {
  readonly name: string
  readonly file: string
  readonly environment: Readonly<Record<string, string>>
  /** Of its output, what belongs in the report. */
  readonly keep: RegExp
}

interface Result {
  readonly name: string
  readonly isPassed: boolean
  readonly minutes: number
  readonly lines: readonly string[]
}

const seedOf = (variable: string): string => process.env[variable] || String(randomInt(2 ** 31))
const seeds = { VERSPREI_SEED: seedOf('VERSPREI_SEED'), VERSPREI_TEST_SEED: seedOf('VERSPREI_TEST_SEED') }

const parts: readonly Part[] = [
  {
    name: 'Model: 20,000 random histories', file: 'model/histories.test.ts', keep: /^\s*(?:not ok|ok \d+ - every|# (?:\d+ histories|\{"))/,
    environment: { VERSPREI_SEED: seeds.VERSPREI_SEED, VERSPREI_HISTORIES: process.env['VERSPREI_HISTORIES'] ?? '20000' },
  },
  {
    name: '10,000 connections', file: 'security/ten-thousand.soak.ts', keep: /^(?:not )?ok|^\s*# 10,000/, environment: {},
  },
  {
    name: 'Real control plane', file: 'cluster/run.ts', keep: /^(?:\S+\.test\.ts$| {2}(?:ok|FAILED) )|^\d+ passed/,
    environment: { VERSPREI_SOAK: '1', VERSPREI_TEST_SEED: seeds.VERSPREI_TEST_SEED },
  },
]

async function run({ name, file, environment, keep }: Part): Promise<Result> {
  const begin = performance.now()
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
    env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`)
    if (keep.test(line)) lines.push(line.trimEnd())
  }
  const code = child.exitCode ?? await new Promise(resolve => { child.on('exit', resolve) })
  return { name, isPassed: code === 0, minutes: (performance.now() - begin) / 60_000, lines }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', [...args], { encoding: 'utf8' }).trim()
}

/** One part of the report, by itself: the parts may have been run at different times. */
function section({ name, isPassed, minutes, lines }: Result): string {
  const changed = git('status', '--porcelain').split('\n').filter(line => line !== '' && !line.endsWith('SOAK.md'))
  return [
    `## ${name}`, '',
    `**${isPassed ? 'Passed' : 'Failed'}** in ${minutes.toFixed(0)} min.`, '',
    `- commit ${git('rev-parse', 'HEAD')}${changed.length > 0 ? `, and ${changed.length} changed files` : ''}`,
    `- ${Object.entries(seeds).map(([variable, seed]) => `${variable}=${seed}`).join(' ')}`,
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`,
    '', '```', ...lines, '```', '',
  ].join('\n')
}

/** The sections of a report, by their headings. */
function sectionsOf(text: string): Map<string, string> {
  return new Map(text.split(/^(?=## )/mu).slice(1).map(one => [one.slice(0, one.indexOf('\n')), one]))
}

const [wanted = ''] = process.argv.slice(2)
const file = join(import.meta.dirname, 'SOAK.md')
const before = sectionsOf(await readFile(file, 'utf8').catch(() => ''))
const results: Result[] = []
for (const part of parts) if (part.file.startsWith(wanted)) results.push(await run(part))
const written = new Map(results.map(result => [`## ${result.name}`, section(result)]))
const all = parts.flatMap(({ name }) => written.get(`## ${name}`) ?? before.get(`## ${name}`) ?? [])
await writeFile(file, ['# Soak\n\nWritten by `npm run test:soak`.\n', ...all].join('\n'))
process.exitCode = results.every(({ isPassed }) => isPassed) ? 0 : 1
