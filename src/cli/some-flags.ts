import { parseConfiguration, type Environment } from './configuration.ts'
import { environmentVariable, type FlagName } from './serve-flags.ts'

/**
 * The configuration as `serve` would read it, by these flags and their variables alone: what else is in the environment is there for
 * `serve`. KUBECONFIG counts as ever.
 */
export function parseSomeFlags(
  names: readonly FlagName[], flags: Partial<Readonly<Record<FlagName, string | undefined>>>, environment: Environment,
): ReturnType<typeof parseConfiguration> {
  return parseConfiguration(
    only(names.map(name => [name, flags[name]])),
    only(['KUBECONFIG', ...names.map(environmentVariable)].map(name => [name, environment[name]])),
  )
}

function only(entries: readonly (readonly [string, string | undefined])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(entries.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])))
}
