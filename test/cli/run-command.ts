import type { Screen } from '../../src/cli/colour.ts'
import { run, type ProgramIo } from '../../src/cli/program.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Given {
  readonly stdin?: string
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** The terminal that standard output is; by default none. */
  readonly screen?: Screen
}

/** One command line, run as main.ts would, without a process. */
export async function runCommand(args: readonly string[], { stdin = '', environment = {}, screen }: Given = {}): Promise<Ran> {
  let [out, err] = ['', '']
  const never = new Promise<NodeJS.Signals>(() => undefined)
  const io: ProgramIo = {
    environment, stdin: async () => stdin, now: () => new Date('2026-01-31T12:00:00Z'), signals: () => [never, never],
    screen: () => screen,
    stdout: text => { out += text },
    stderr: text => { err += text },
  }
  const code = await run(args, io)
  return { code, out, err }
}
