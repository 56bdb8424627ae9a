import { run } from '../../src/cli/program.ts'
import type { Ran } from '../cli/run-command.ts'

/** A command that runs, against the cluster that KUBECONFIG names. */
export interface Running {
  readonly out: () => string
  /** Ctrl-C. */
  readonly end: () => Promise<Ran>
}

/** Starts one command line as a user of that cluster would; it is asked to end by `end`, unless it ends by itself. */
export function startCommand(args: readonly string[]): Running {
  const ending = Promise.withResolvers<NodeJS.Signals>()
  const never = new Promise<NodeJS.Signals>(() => undefined)
  let [out, err] = ['', '']
  const ended = run([...args, '--kubeconfig', process.env['KUBECONFIG'] ?? ''], {
    environment: {}, stdin: async () => '', now: () => new Date(), signals: () => [ending.promise, never], screen: () => undefined,
    stdout: text => { out += text }, stderr: text => { err += text },
  })
  return {
    out: () => out,
    async end() {
      ending.resolve('SIGINT')
      return { code: await ended, out, err }
    },
  }
}

/** Runs one to its end. */
export function runHere(args: readonly string[]): Promise<Ran> {
  return startCommand(args).end()
}
