import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'

export interface Logged {
  readonly msg?: string
  /** Milliseconds since 1970. */
  readonly time?: number
  readonly url?: string
  readonly metricsUrl?: string
  readonly level?: number
}

export interface Running {
  readonly logged: Logged[]
  /** Lines that are no log. */
  readonly said: string[]
  /** Standard error, so far. */
  readonly stderr: () => string
  readonly kill: (signal: NodeJS.Signals) => boolean
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Resolves with the first line logged with this message; rejects when it ends without. */
  readonly logs: (message: string) => Promise<Logged>
}

/** The program itself, as a process of its own with nothing in its environment but this. */
export const start = (t: Test, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running => {
  const program = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, [program, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const logged: Logged[] = []
  const said: string[] = []
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text })
  const lines = createInterface(child.stdout)
  lines.on('line', line => {
    if (line.startsWith('{')) logged.push(JSON.parse(line))
    else said.push(line)
    lines.emit('read')
  })
  const ended = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals)[]) => code ?? signal ?? -1)
  const logs = async (message: string): Promise<Logged> => {
    for (;;) {
      const found = logged.find(({ msg }) => msg === message)
      if (found !== undefined) return found
      const next = await Promise.race([once(lines, 'read'), ended.then(() => 'ended')])
      if (next === 'ended' && logged.every(({ msg }) => msg !== message)) throw new Error(`it ended without "${message}": ${stderr}`)
    }
  }
  return { logged, said, stderr: () => stderr, kill: signal => child.kill(signal), ended, logs }
}

/** Long past what the busiest machine needs: only so that what never comes is told by name. */
const patience = 120_000

/** Asks again, twenty times a second, until the answer is defined. */
export const until = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  const end = performance.now() + patience
  while (performance.now() < end) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await wait(50)
  }
  throw new Error(`in vain: ${what}`)
}
