import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { listProcess } from './versprei.ts'

export interface Outcome { readonly passed: number, readonly failed: number }

export interface TestFileOptions {
  readonly env: NodeJS.ProcessEnv
  /** Seconds for the whole file. */
  readonly timeout: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** How long tap has, past its own time-out, to report what was going on. */
const grace = 15
const result = /^(not )?ok \d+(?: - (.*))?$/

/** A comment that a test made, which is where it tells its figures; not one of tap's own. */
const comment = /^\s+# (?!Subtest|time=|Rerun)(.+)$/

/** Reads TAP line by line: one line and its comments for a test that passes, everything it printed for one that fails. */
const createReport = (say: (line: string) => void) => {
  let [passed, failed] = [0, 0]
  let block: string[] = []
  let telling = false
  const read = (line: string) => {
    const found = result.exec(line)
    if (found === null) {
      // The details of a failed result follow it, up to the next test.
      if (line.startsWith('# Subtest')) telling = false
      if (telling) say(`    ${line}`)
      else if (/^\s/.test(line)) block.push(line)
      return
    }
    telling = found[1] !== undefined
    if (telling) failed += 1
    else passed += 1
    say(`  ${telling ? 'FAILED' : 'ok'}  ${(found[2] ?? '').replace(/ # time=/, '  ')}`)
    const told = telling ? block : block.flatMap(one => comment.exec(one)?.[1] ?? [])
    told.forEach(one => { say(`    ${one}`) })
    block = []
  }
  return { read, count: (): Outcome => ({ passed, failed }) }
}

/**
 * Runs one tap file with Node and counts its tests (those at the top of the file). A file that ends badly without saying so,
 * exceeds its time or has no test counts as a failed one. Whatever the file started and left running is stopped with it.
 */
export const runTestFile = async (file: string, { env, timeout, signal, say }: TestFileOptions): Promise<Outcome> => {
  say(basename(file))
  const child = spawn(process.execPath, [file], {
    env: { ...env, TAP_TIMEOUT: `${timeout}` }, detached: true, stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nobody of its process group is left, as it should be.
    }
  }
  signal.addEventListener('abort', stop)
  const late = setTimeout(stop, (timeout + grace) * 1000)
  try {
    await listProcess(child.pid, file)
    const { read, count } = createReport(say)
    createInterface({ input: child.stdout }).on('line', read)
    const how = await new Promise<string>((resolve, reject) => {
      child.on('error', reject).on('exit', stop).on('close', (code, signal) => { resolve(signal ?? `exit code ${code}`) })
    })
    const { passed, failed } = count()
    if (failed > 0 || (passed > 0 && how === 'exit code 0')) return { passed, failed }
    say(`  FAILED  ${basename(file)} ended with ${how}${passed === 0 ? ', without a test' : ''}`)
    return { passed, failed: 1 }
  } finally {
    clearTimeout(late)
    signal.removeEventListener('abort', stop)
  }
}
