import { Command, CommanderError } from 'commander'
import { certs } from './certs.ts'
import type { Environment } from './configuration.ts'
import { environmentVariable, serveFlags, type FlagName } from './serve-flags.ts'
import { serve, type ServeIo } from './serve.ts'

/** What a process gives a command line to work with. */
export interface ProgramIo extends ServeIo {
  readonly environment: Environment
  readonly stdin: () => Promise<string>
  readonly now: () => Date
}

/**
 * Runs one command line, without the program's name. Returns the exit code: 0 done, 1 found or failed, 2 wrong usage.
 */
export async function run(args: readonly string[], io: ProgramIo): Promise<number> {
  let code = 0
  const program = new Command('versprei')
    .description('Places each workload\'s pods on the nodes they belong on, in the shares their owner declares')
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .showHelpAfterError('(see versprei --help)')
  const finish = async (result: Promise<number>): Promise<void> => {
    code = await result
  }
  addServe(program, io, finish)
  addCerts(program, io, finish)
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

type Finish = (result: Promise<number>) => Promise<void>

function addServe(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program.command('serve').description('answer the API server\'s AdmissionReviews')
  for (const { name, value, help, default: byDefault } of serveFlags) {
    // The default is named and not set: only parseConfiguration may tell a flag that was given from one that was not.
    command.option(`--${name} <${value}>`, `${help} (${byDefault === undefined ? '' : `default: ${byDefault}; `}$${environmentVariable(name)})`)
  }
  command.action((options: Readonly<Record<string, string>>) => {
    const flags: Partial<Record<FlagName, string>> = {}
    for (const { name } of serveFlags) {
      const value = options[camelCase(name)]
      if (value !== undefined) flags[name] = value
    }
    return finish(serve(flags, io))
  })
}

function addCerts(program: Command, io: ProgramIo, finish: Finish): void {
  program.command('certs')
    .description('make or renew the certificates of a folder, and print the caBundle of a webhook')
    .option('--certificates <DIR>', 'folder of tls.crt, tls.key, ca.crt and ca.key', 'certs')
    .option('--host <NAME...>', 'DNS names and IP addresses that the certificate is good for', ['localhost', '127.0.0.1', '::1'])
    .action((options: { readonly certificates: string, readonly host: readonly string[] }) =>
      finish(certs({ folder: options.certificates, hosts: options.host }, io)))
}

function camelCase(flag: string): string {
  return flag.replaceAll(/-(?<letter>[a-z])/gu, (_, letter: string) => letter.toUpperCase())
}
