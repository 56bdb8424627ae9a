import { Option, type Command } from 'commander'
import { workloadKinds } from '../../survey/workload-kinds.ts'
import { detectOutputs } from '../output-formats.ts'
import type { DetectFlags, DetectIo } from './detect.ts'
import { endings } from './output.ts'
import {
  choosing, parseConditions, parseKinds, parseMinAvailable, parseNamespaces, parseOutputFlag, parseTopologyKey,
} from './parse-flags.ts'

/** Adds `detect` to the program. */
export function addDetect(program: Command, io: DetectIo, finish: (result: Promise<number>) => Promise<void>): void {
  program.command('detect')
    .description(
      'find workloads that have several pods on one node, and how many nodes each can lose; reads only, and needs no Versprei there')
    .option('--file <FILE>', 'how to reach the cluster: a kubeconfig; default: KUBECONFIG, ~/.kube/config, then the pod\'s own cluster')
    .option('--kubeconfig <FILE>', 'the same ($VERSPREI_KUBECONFIG)')
    .option('--context <NAME>', 'context of the kubeconfig; default: its current one ($VERSPREI_CONTEXT)')
    .option('-n, --namespace <NAME>',
      'look at this namespace; may be given several times, or several with commas; default: all', parseNamespaces)
    .addOption(choosing(
      new Option('--kind <KIND>', 'of workloads; several as with -n; default: Deployment'), workloadKinds).argParser(parseKinds))
    .option('-l, --selector <SELECTOR>', 'only workloads that have these labels, as kubectl takes them: app=web,tier!=db')
    .option('--topology <KEY>',
      'a label of nodes, such as topology.kubernetes.io/zone: how many of its values can be lost', parseTopologyKey)
    .option('--min-available <AMOUNT>',
      'how many pods of a workload are needed: a number, or a share of its replicas such as 50%; default: what its budgets say',
      parseMinAvailable)
    .option('--fail-on <CONDITION>',
      'exit with 1 where a workload is shared, single-node or \'tolerates<N\' (survives the loss of fewer nodes than N); as often as -n',
      parseConditions)
    .addOption(choosing(new Option('-o, --output <FORMAT|FILE>',
      `how to print; or a file, by whose ending that is chosen: ${endings.join(', ')}`),
      detectOutputs).argParser(parseOutputFlag).default({ format: 'table' }, 'table'))
    .option('--recommend', 'say how each that shares nodes would be spread: a change to be copied, and what it would survive then')
    .option('--verify',
      'the same, each change tried by a dry run, which stores nothing: exit with 1 where one is refused or may not be tried')
    .option('-v, --verbose', 'every workload, its pods by name, and how much of each node is taken')
    .addOption(new Option('--watch', 'go on, and print the table again whenever it is another one, until Ctrl-C').conflicts('failOn'))
    .option('--no-color', 'no colours at a terminal ($NO_COLOR); $FORCE_COLOR: colours elsewhere too')
    .action((options: DetectFlags) => finish(import('./detect.ts').then(({ detect }) => detect(options, io))))
}
