import { connect, type Connection } from '../cluster/connection.ts'
import { sourceOf } from './cluster-source.ts'
import { parseConfiguration, type Environment } from './configuration.ts'
import { messageOf } from './message-of.ts'
import { environmentVariable } from './serve-flags.ts'

export interface ClusterFlags {
  readonly kubeconfig?: string
  readonly context?: string
}

const flagNames = ['kubeconfig', 'context'] as const

/**
 * The cluster that these flags name, or the variables that `serve` reads too; or what is wrong with them. Nothing is sent yet.
 *
 * @param first which comes first where none is named: the cluster that this runs in, or the kubeconfig at home
 */
export async function openConnection(
  { kubeconfig, context }: ClusterFlags, environment: Environment, first: 'cluster' | 'home' = 'cluster',
): Promise<Connection | { readonly mistakes: readonly string[] }> {
  const given = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) }
  const variables = Object.fromEntries(['KUBECONFIG', ...flagNames.map(environmentVariable)].map(name => [name, environment[name]]))
  const parsed = parseConfiguration(given, variables)
  if ('mistakes' in parsed) return { mistakes: parsed.mistakes }
  try {
    return await connect({ ...sourceOf(parsed.configuration, environment), first })
  } catch (error) {
    return { mistakes: [messageOf(error)] }
  }
}
