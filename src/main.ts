#!/usr/bin/env node
import { basename } from 'node:path'
import { text } from 'node:stream/consumers'
import { completeCommand } from './cli/completion/complete.ts'
import { run } from './cli/program.ts'

/** Only a command that asks for them takes the signals; any other is ended by them, as programs are. */
function takeSignals(): readonly [Promise<NodeJS.Signals>, Promise<NodeJS.Signals>] {
  const [first, second] = [Promise.withResolvers<NodeJS.Signals>(), Promise.withResolvers<NodeJS.Signals>()]
  let asked = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (asked) second.resolve(signal)
      asked = true
      first.resolve(signal)
    })
  }
  return [first.promise, second.promise]
}

/** By what name it was called: a package's commands are links to this file. */
const called = basename(process.argv[1] ?? '')

/** What to type for this program: the source runs in a checkout, by its script; a build is installed, as a plugin of kubectl too. */
const name = import.meta.filename.endsWith('.ts') ? 'npm run --silent versprei --'
  : called === 'kubectl-versprei' ? 'kubectl versprei' : 'versprei'

/** kubectl (1.26 and later) asks this command for the completions of its plugin `versprei`, with the words that follow that. */
const asked = called === 'kubectl_complete-versprei' ? [completeCommand] : []

// Whoever reads may have enough before all is written (`| head`): that ends it in silence, and is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

// The only place that reads the command line and the environment.
process.exitCode = await run([...asked, ...process.argv.slice(2)], {
  environment: process.env,
  stdin: () => text(process.stdin),
  stdout: line => void process.stdout.write(line),
  stderr: line => void process.stderr.write(line),
  screen: () => (process.stdout.isTTY ? { columns: process.stdout.columns, rows: process.stdout.rows } : undefined),
  isErrorTerminal: () => process.stderr.isTTY,
  now: () => new Date(),
  signals: takeSignals,
}, name)

// A program for credentials that was asked and hangs would keep this one alive. What is printed comes first.
setInterval(() => process.stdout.writableLength === 0 && process.exit(), 1000).unref()
