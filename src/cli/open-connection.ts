import { connect, type Connection } from '../cluster/connection.ts'
import type { Source } from '../cluster/source.ts'
import { clusterFlagNames, type ClusterFlags } from './cluster-flags.ts'
import { sourceOf } from './cluster-source.ts'
import type { Configuration, Environment } from './configuration.ts'
import { messageOf } from './message-of.ts'
import { parseSomeFlags } from './some-flags.ts'

/** Why there is no connection, a line each. */
export interface NotOpened {
  readonly mistakes: readonly string[]
}

/**
 * The cluster that these flags name, or the variables that `serve` reads too; or what is wrong with them. Nothing is sent yet.
 *
 * @param first which comes first where none is named: the cluster that this runs in, or the kubeconfig at home
 */
export async function openConnection(
  flags: ClusterFlags, environment: Environment, first?: Source['first'],
): Promise<Connection | NotOpened> {
  const parsed = parseSomeFlags(clusterFlagNames, flags, environment)
  return 'mistakes' in parsed ? { mistakes: parsed.mistakes } : openConfigured(parsed.configuration, environment, first)
}

/** The same, by flags that are parsed already. */
export async function openConfigured(
  cluster: Pick<Configuration, 'kubeconfig' | 'context'>, environment: Environment, first: Source['first'] = 'cluster',
): Promise<Connection | NotOpened> {
  try {
    return await connect({ ...sourceOf(cluster, environment), first })
  } catch (error) {
    return { mistakes: [messageOf(error)] }
  }
}
