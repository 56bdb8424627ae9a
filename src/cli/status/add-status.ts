import { InvalidArgumentError, Option, type Command } from 'commander'
import { troubles } from '../../survey/distributors/report.ts'
import { addClusterFlags } from '../cluster-flags.ts'
import { choosing, each, parseNamespaces } from '../detect/parse-flags.ts'
import { statusOutputs } from '../output-formats.ts'
import type { StatusFlags, StatusIo } from './status.ts'

/** Adds `status` to the program. */
export function addStatus(program: Command, io: StatusIo, finish: (result: Promise<number>) => Promise<void>): void {
  const command = program.command('status')
    .description('show all PodDistributors of a cluster, the worst deviation first')
  addClusterFlags(command)
    .option('-n, --namespace <NAME>',
      'show those of this namespace; may be given several times, or several with commas; default: all', parseNamespaces)
    .addOption(new Option('-o, --output <FORMAT>', 'how to print').choices(statusOutputs).default('table'))
    .option('--watch', 'go on showing what changes, until Ctrl-C')
    .addOption(choosing(new Option('--fail-on <STATE>',
      `exit with 1 where a PodDistributor is so: ${troubles.join(', ')}, or any of these; several as with -n`),
      states).argParser(parseTroubles).conflicts('watch'))
    .option('--no-color', 'no colours at a terminal ($NO_COLOR); $FORCE_COLOR: colours elsewhere too')
    .action((options: StatusFlags) => finish(import('./status.ts').then(({ status }) => status(options, io))))
}

const states = [...troubles, 'any'] as const

const parseTroubles = each((text): typeof states[number] => {
  const state = states.find(one => one === text)
  if (state === undefined) throw new InvalidArgumentError(`It must be one of ${states.join(', ')}; several have commas between them.`)
  return state
})
