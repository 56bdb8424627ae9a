import { InvalidArgumentError, Option, type Command } from 'commander'
import { explainOutputs } from '../output-formats.ts'
import type { ExplainFlags, ExplainIo } from './explain.ts'

/** Adds `explain` to the program. */
export function addExplain(program: Command, io: ExplainIo, finish: (result: Promise<number>) => Promise<void>): void {
  program.command('explain')
    .description('tell why a pod stands where it stands, or how a workload does, and what other replicas would make of it')
    .argument('<OBJECT...>', 'pod/NAME, deployment/NAME, statefulset/NAME, replicaset/NAME, job/NAME or rollout/NAME; or both as two words')
    .option('-n, --namespace <NAME>', 'where it is; default: the namespace of the context')
    .option('--replicas <N>', 'of a workload: what would become of it at so many', parseReplicas)
    .option('--kubeconfig <FILE>',
      'how to reach the cluster; default: KUBECONFIG, ~/.kube/config, then the pod\'s own cluster ($VERSPREI_KUBECONFIG)')
    .option('--context <NAME>', 'context of the kubeconfig; default: its current one ($VERSPREI_CONTEXT)')
    .addOption(new Option('-o, --output <FORMAT>', 'how to print').choices(explainOutputs).default('text'))
    .action((object: readonly string[], options: Omit<ExplainFlags, 'object'>) =>
      finish(import('./explain.ts').then(({ explain }) => explain({ ...options, object }, io))))
}

/** More is nobody's workload. */
const mostReplicas = 10_000

function parseReplicas(text: string): number {
  const replicas = /^\d+$/u.test(text) ? Number(text) : -1
  if (replicas < 0 || replicas > mostReplicas) throw new InvalidArgumentError(`It must be a number from 0 to ${mostReplicas}.`)
  return replicas
}
