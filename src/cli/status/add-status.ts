import { InvalidArgumentError, Option, type Command } from 'commander'
import { troubles } from '../../survey/distributors/report.ts'
import { statusOutputs } from '../output-formats.ts'
import type { StatusFlags, StatusIo } from './status.ts'

/** Adds `status` to the program. */
export function addStatus(program: Command, io: StatusIo, finish: (result: Promise<number>) => Promise<void>): void {
  program.command('status')
    .description('show all PodDistributors of a cluster, the worst deviation first')
    .option('--kubeconfig <FILE>',
      'how to reach the cluster; default: KUBECONFIG, the pod\'s own cluster, then ~/.kube/config ($VERSPREI_KUBECONFIG)')
    .option('--context <NAME>', 'context of the kubeconfig; default: its current one ($VERSPREI_CONTEXT)')
    .option('-n, --namespace <NAME...>', 'namespaces to show; default: every one', collectNames)
    .addOption(new Option('-o, --output <FORMAT>', 'how to print').choices(statusOutputs).default('table'))
    .option('--watch', 'go on showing what changes, until Ctrl-C')
    .addOption(new Option('--fail-on <WHAT...>', 'exit code 1 if this is the matter with a PodDistributor that is shown')
      .choices([...troubles, 'any']).conflicts('watch'))
    .option('--no-color', 'no colours at a terminal ($NO_COLOR)')
    .action((options: StatusFlags) => finish(import('./status.ts').then(({ status }) => status(options, io))))
}

function collectNames(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/u.test(text)) return [...before, text]
  throw new InvalidArgumentError('It must be lower-case letters, digits and dashes, at most 63.')
}
