import { InvalidArgumentError, Option, type Command } from 'commander'
import type { CheckFlags, CheckIo } from './check.ts'
import { usualNamespace } from '../../controllers/installed-names.ts'
import { addClusterFlags } from '../cluster-flags.ts'
import { checkOutputs } from '../output-formats.ts'

/** Adds `check` to the program. */
export function addCheck(program: Command, io: CheckIo, finish: (result: Promise<number>) => Promise<void>): void {
  const command = program.command('check')
    .description('look at an installation: each line ok, or what to do; reads only, and creates one pod by dry run')
  addClusterFlags(command)
    .option('-n, --namespace <NAME>',
      `namespace of Versprei; default: that of the Service that is called, else ${usualNamespace}`, parseName)
    .option('--service-account <NAME>', 'whose rights are looked at; default: that of its Deployment, else versprei', parseName)
    .addOption(new Option('-o, --output <FORMAT>', 'how to print').choices(checkOutputs).default('table'))
    .action((options: CheckFlags) => finish(import('./check.ts').then(({ check }) => check(options, io))))
}

function parseName(text: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/u.test(text)) return text
  throw new InvalidArgumentError('It must be lower-case letters, digits and dashes, at most 63.')
}
