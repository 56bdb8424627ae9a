#!/usr/bin/env node
import { text } from 'node:stream/consumers'
import { run } from './cli/program.ts'

// The only place that reads the command line and the environment.
const second = Promise.withResolvers<NodeJS.Signals>()
const first = new Promise<NodeJS.Signals>(resolve => {
  let asked = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (asked) second.resolve(signal)
      asked = true
      resolve(signal)
    })
  }
})

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  stdin: () => text(process.stdin),
  stdout: line => void process.stdout.write(line),
  stderr: line => void process.stderr.write(line),
  now: () => new Date(),
  signals: [first, second.promise],
})
