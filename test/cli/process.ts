import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'

export interface Logged { readonly msg?: string, readonly time?: number, readonly url?: string, readonly metricsUrl?: string, readonly level?: number }

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
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
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
      if (await Promise.race([once(lines, 'read'), ended.then(() => 'ended')]) === 'ended') throw new Error(`it ended without "${message}": ${stderr}`)
    }
  }
  return { logged, said, stderr: () => stderr, kill: signal => child.kill(signal), ended, logs }
}

/** Asks again, ten times a second and for at most 15 s, until the answer is defined. */
export const until = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  for (let attempt = 0; attempt < 150; attempt++) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await wait(100)
  }
  throw new Error(`in vain: ${what}`)
}
