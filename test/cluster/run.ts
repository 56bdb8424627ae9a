// Runs test/cluster/*.test.ts on a real control plane: npm run test:cluster [-- NAME …]
//
// All files share one control plane: the disposable cluster that KUBECONFIG_TEST names, or one that is built and started
// here, and stopped at the end however it ends. They run one after another: the API server's counters and its time are
// shared too. One Versprei serves them all; files named *.alone.test.ts start their own, after it has stopped.
// Files named *.soak.* run where they are named, and in the soak (VERSPREI_SOAK=1).
// Exit code 0: all passed; 1: a test failed; 2: the tests could not be run; 128 + n: ended by signal n.
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { constants } from 'node:os'
import { basename, join } from 'node:path'
import { addNodes, openControlPlane, openWorkplace, type Workplace } from './control-plane.ts'
import { layGround } from './ground.ts'
import { runTestFile, type Outcome } from './test-file.ts'
import { launchVersprei } from './versprei.ts'

const isSoak = process.env['VERSPREI_SOAK'] === '1'
/** Seconds that one file may take. */
const timeout = isSoak ? 3600 : 1200
const suffix = '.test.ts'
const isAlone = (file: string) => file.endsWith(`.alone${suffix}`)

const say = (line: string) => { process.stdout.write(`${line}\n`) }

/** All test files in order of name, or those whose names begin as one of `wanted`. @throws when there is none. */
const findFiles = async (wanted: readonly string[]): Promise<readonly string[]> => {
  const all = (await readdir(import.meta.dirname)).filter(name => name.endsWith(suffix)).toSorted()
  const missing = wanted.filter(name => !all.some(file => file.startsWith(name)))
  if (all.length === 0 || missing.length > 0) {
    const there = all.map(file => basename(file, suffix)).join(', ')
    throw new Error(`no test file is named ${missing.join(', ') || `*${suffix}`}; there are: ${there || 'none'}`)
  }
  return wanted.length === 0 ? all.filter(file => isSoak || !file.includes('.soak.')) : all.filter(file => wanted.some(name => file.startsWith(name)))
}

const sum = (outcomes: readonly Outcome[]): Outcome => ({
  passed: outcomes.reduce((total, { passed }) => total + passed, 0),
  failed: outcomes.reduce((total, { failed }) => total + failed, 0),
})

/** Runs the files that share one Versprei. One that does not end well at the end is a failure of its own. */
const runShared = async (files: readonly string[], run: (file: string, env: NodeJS.ProcessEnv) => Promise<Outcome>): Promise<Outcome> => {
  if (files.length === 0) return { passed: 0, failed: 0 }
  const versprei = await launchVersprei()
  say(`Versprei serves at ${versprei.url}`)
  const outcomes: Outcome[] = []
  try {
    const env = { ...process.env, VERSPREI_TEST_URL: versprei.url, VERSPREI_TEST_METRICS_URL: versprei.metricsUrl }
    for (const file of files) outcomes.push(await run(file, env))
  } finally {
    await versprei.stop().catch((error: Error) => {
      say(`FAILED  ${error.message}`)
      outcomes.push({ passed: 0, failed: 1 })
    })
  }
  return sum(outcomes)
}

const runAll = async (files: readonly string[], { folder }: Workplace, signal: AbortSignal): Promise<Outcome> => {
  const id = randomBytes(4).toString('hex')
  const { kubeconfig, path, supplied } = await openControlPlane(folder, { env: process.env, signal }, say)
  Object.assign(process.env, { KUBECONFIG: kubeconfig, PATH: path, VERSPREI_TEST_FOLDER: folder, VERSPREI_TEST_RUN: id })
  const at = { env: process.env, signal }
  const removeGround = await layGround(id, (prefix, count, labels) => addNodes(prefix, count, labels, at))
  try {
    signal.throwIfAborted()
    say(supplied ? `testing on the cluster of KUBECONFIG_TEST (${kubeconfig})` : 'testing on a control plane of our own')
    const run = async (file: string, env: NodeJS.ProcessEnv) => {
      signal.throwIfAborted()
      return runTestFile(join(import.meta.dirname, file), { env, timeout, signal, say })
    }
    const outcomes = [await runShared(files.filter(file => !isAlone(file)), run)]
    for (const file of files.filter(isAlone)) outcomes.push(await run(file, process.env))
    return sum(outcomes)
  } finally {
    // A control plane of our own goes as a whole.
    if (supplied) await removeGround()
  }
}

const describe = (error: unknown): string => error instanceof Error
  ? `${error.message}${error.cause === undefined ? '' : `\n  because: ${describe(error.cause)}`}` : String(error)

const main = async (wanted: readonly string[]): Promise<number> => {
  const interrupt = new AbortController()
  let code: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      code ??= 128 + constants.signals[signal]
      interrupt.abort(new Error(`ended by ${signal}`))
    })
  }
  let outcome: Outcome = { passed: 0, failed: 1 }
  try {
    const files = await findFiles(wanted)
    const workplace = await openWorkplace()
    try {
      outcome = await runAll(files, workplace, interrupt.signal)
      code ??= outcome.failed === 0 ? 0 : 1
    } finally {
      await workplace.close()
    }
  } catch (error) {
    say(describe(error))
    code = code === undefined || code < 2 ? 2 : code
  }
  say(`${outcome.passed} passed, ${outcome.failed} failed`)
  return code
}

process.exitCode = await main(process.argv.slice(2))
