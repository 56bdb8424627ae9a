import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { AdmitFlags } from './admit.ts'
import { addRotate } from './certs/rotate-command.ts'
import { addCheck } from './check/add-check.ts'
import { addClusterFlags, addServeFlag } from './cluster-flags.ts'
import type { Screen } from './colour.ts'
import { complete, completeCommand, printCompletions } from './completion/complete.ts'
import { completionScripts, shells } from './completion/completion.ts'
import type { Environment } from './configuration.ts'
import { addDetect } from './detect/add-detect.ts'
import { addExplain } from './explain/add-explain.ts'
import { collectLoss } from './lose/asked-loss.ts'
import type { LoseFlags } from './lose/lose.ts'
import { admitOutputs, planOutputs, versionOutputs } from './output-formats.ts'
import { readVersion } from './package-version.ts'
import type { PlanFlags } from './plan.ts'
import { serveFlags, type FlagName } from './serve-flags.ts'
import type { ServeIo } from './serve/serve.ts'
import { addStatus } from './status/add-status.ts'
import type { VersionFlags } from './version.ts'

/** What a process gives a command line to work with. */
export interface ProgramIo extends ServeIo {
  readonly environment: Environment
  readonly stdin: () => Promise<string>
  readonly now: () => Date
  /** The terminal that standard output is; undefined where it is none. */
  readonly screen: () => Screen | undefined
  /** Whether standard error is a terminal, on which a line can be written over. Default: it is none. */
  readonly isErrorTerminal?: () => boolean
}

/**
 * Runs one command line, without the program's name; `name` is what the user types for it, and is told in usage and hints.
 * Returns the exit code: 0 done, 1 found or failed, 2 wrong usage or configuration.
 */
export async function run(args: readonly string[], io: ProgramIo, name = 'versprei'): Promise<number> {
  let code = 0
  const program = new Command(name)
    .description('Places each workload\'s pods on the nodes they belong on, in the shares their owner declares')
    .version(await readVersion())
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .showHelpAfterError(`(see ${name} --help)`)
  const finish = async (result: Promise<number>): Promise<void> => {
    code = await result
  }
  addServe(program, io, finish)
  addAdmit(program, io, finish)
  addPlan(program, io, finish)
  addExplain(program, io, finish)
  addStatus(program, io, finish)
  addCheck(program, io, finish)
  addDetect(program, io, finish)
  addCerts(program, io, finish)
  addVersion(program, io, finish)
  addCompletion(program, io)
  if (args[0] === completeCommand) {
    io.stdout(printCompletions(complete(program, args.slice(1))))
    return 0
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

type Finish = (result: Promise<number>) => Promise<void>

// What a command runs by is loaded when it runs: a completion, or a mistake in a flag, is to be answered at once.

function addServe(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program.command('serve').description('answer the API server\'s AdmissionReviews')
  for (const flag of serveFlags) addServeFlag(command, flag)
  command.action((options: Readonly<Record<string, string>>) => {
    const flags: Partial<Record<FlagName, string>> = {}
    for (const { name } of serveFlags) {
      const value = options[camelCase(name)]
      if (value !== undefined) flags[name] = value
    }
    return finish(import('./serve/serve.ts').then(({ serve }) => serve(flags, io, program.name())))
  })
}

function addKnowledgeFlags(command: Command): Command {
  return addClusterFlags(command
    .option('--manifests <DIR>', 'take the distributors from a folder of YAML; without it, from the cluster ($VERSPREI_MANIFESTS)'))
}

function addAdmit(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program.command('admit')
    .description('show where pods would be placed, and those of workloads, without sending anything')
    .argument('[FILE...]', 'Pods, Deployments, ReplicaSets, StatefulSets, Jobs and Lists; none or -: standard input')
  addKnowledgeFlags(command)
    .option('--replicas <N>', 'as many pods of each workload; default: its own replicas', parseReplicas)
    .addOption(new Option('-o, --output <FORMAT>', 'how to print').choices(admitOutputs).default('table'))
    .action((files: readonly string[], options: Omit<AdmitFlags, 'files'>) =>
      finish(import('./admit.ts').then(({ admit }) => admit({ ...options, files }, io))))
}

type PlanOptions = Omit<PlanFlags, 'name'> & Partial<Pick<LoseFlags, 'lose' | 'all'>>

function addPlan(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program.command('plan')
    .description('show the sequence of a distributor and its counts for every number of replicas; with --lose what a loss of nodes leaves')
    .argument('[NAME]', 'of the PodDistributor; default: every one')
  addKnowledgeFlags(command)
    .option('-n, --namespace <NAME>', 'namespace of the PodDistributor; default: every one')
    .option('--replicas <N>', 'from 1 to this many', parseReplicas, 20)
    .addOption(new Option('--lose <WHAT>',
      'show instead what a loss leaves: group=NAME, zone=NAME, node=NAME or KEY=VALUE of nodes; may be said again')
      .argParser(collectLoss).conflicts('replicas'))
    .option('--all', 'with --lose: workloads that no PodDistributor places, too')
    .addOption(new Option('-o, --output <FORMAT>', 'how to print').choices(planOutputs).default('table'))
    .action((name: string | undefined, { lose: losses, all = false, ...options }: PlanOptions) => {
      const flags = { ...options, ...(name === undefined ? {} : { name }) }
      if (losses !== undefined) return finish(import('./lose/lose.ts').then(({ lose }) => lose({ ...flags, lose: losses, all }, io)))
      if (all) command.error('error: option \'--all\' goes with \'--lose <WHAT>\' alone', { exitCode: 2 })
      return finish(import('./plan.ts').then(({ plan }) => plan(flags, io)))
    })
}

/** More would only fill the screen. */
const mostReplicas = 10_000

function parseReplicas(text: string): number {
  const replicas = /^\d+$/u.test(text) ? Number(text) : 0
  if (replicas < 1 || replicas > mostReplicas) throw new InvalidArgumentError(`It must be a number from 1 to ${mostReplicas}.`)
  return replicas
}

function addCerts(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program.command('certs')
    .description('make or renew the certificates of a folder, and print the caBundle of a webhook')
    .option('--certificates <DIR>', 'folder of tls.crt, tls.key, ca.crt and ca.key', 'certs')
    .option('--host <NAME...>', 'DNS names and IP addresses that the certificate is good for', ['localhost', '127.0.0.1', '::1'])
    .action((options: { readonly certificates: string, readonly host: readonly string[] }) =>
      finish(import('./certs/certs.ts').then(({ certs }) => certs({ folder: options.certificates, hosts: options.host }, io))))
  addRotate(command, io, finish)
}

function addVersion(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program.command('version')
    .description('print the version of this program, of the replicas in the cluster, and of its API server')
    .option('--client', 'of this program alone: ask no cluster')
  addClusterFlags(command)
    .option('--lease-namespace <NAMESPACE>',
      'where the Lease of the replicas is; default: the namespace of the Service that the API server calls ($VERSPREI_LEASE_NAMESPACE)')
    .addOption(new Option('-o, --output <FORMAT>', 'how to print').choices(versionOutputs).default('table'))
    .action((options: VersionFlags) => finish(import('./version.ts').then(({ version }) => version(options, io))))
}

function addCompletion(program: Command, io: ProgramIo): void {
  program.command('completion')
    .description('print the script by which a shell completes command lines of versprei: source <(versprei completion bash)')
    .addArgument(new Argument('<SHELL>', 'which one').choices(shells))
    .action((shell: typeof shells[number]) => io.stdout(completionScripts[shell]))
}

function camelCase(flag: string): string {
  return flag.replaceAll(/-(?<letter>[a-z])/gu, (_, letter: string) => letter.toUpperCase())
}
