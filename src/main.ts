#!/usr/bin/env node
import { text } from 'node:stream/consumers'
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

/** What to type for this program: the source runs in a checkout, by its script; a build is installed. */
const name = import.meta.filename.endsWith('.ts') ? 'npm run --silent versprei --' : 'versprei'

// The only place that reads the command line and the environment.
process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  stdin: () => text(process.stdin),
  stdout: line => void process.stdout.write(line),
  stderr: line => void process.stderr.write(line),
  now: () => new Date(),
  signals: takeSignals,
}, name)
