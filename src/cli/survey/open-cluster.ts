import { createDeadline, type Clock } from '../../cluster/clock.ts'
import { ClusterError, ownReasons } from '../../cluster/cluster-error.ts'
import type { Connection } from '../../cluster/connection.ts'
import type { Source } from '../../cluster/source.ts'
import type { ClusterFlags } from '../cluster-flags.ts'
import type { Environment } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import { openConnection } from '../open-connection.ts'

/** Milliseconds for the first answer: whoever mistyped an address is told within ten seconds. */
const patience = 8000

/**
 * The cluster that a person asks about: --kubeconfig, KUBECONFIG, ~/.kube/config, then the one that this runs in, unless that comes
 * `first`. It has answered once, so that whoever lists from it need not be hasty. Else what is wrong, a line each.
 */
export async function openCluster(
  flags: ClusterFlags, environment: Environment, clock: Clock, first: Source['first'] = 'home',
): Promise<Connection | { readonly mistakes: readonly string[] }> {
  const connection = await openConnection(flags, environment, first)
  if ('mistakes' in connection) return connection
  const mistake = await greet(connection, clock)
  if (mistake === undefined) return connection
  await connection.close()
  return { mistakes: [mistake] }
}

/** Anyone may ask for /version; whoever may not is known all the same. */
async function greet(connection: Connection, clock: Clock): Promise<string | undefined> {
  const late = () => new ClusterError(`${connection.server}: no answer within ${patience / 1000} s`, { reason: ownReasons.timeout })
  const deadline = createDeadline(clock, patience, new AbortController().signal, late)
  try {
    await (await connection.request('/version', { signal: deadline.signal })).text()
    return undefined
  } catch (error) {
    return error instanceof ClusterError && error.status === 403 ? undefined : messageOf(error)
  } finally {
    deadline.end()
  }
}
