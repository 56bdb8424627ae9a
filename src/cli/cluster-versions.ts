import type { Connection } from '../cluster/connection.ts'
import { textField } from '../cluster/json-field.ts'
import { parseReplicas, type Replicas } from '../cluster/lease-versions.ts'
import { unless } from '../cluster/unless.ts'
import { leaseName, usualNamespace } from '../controllers/installed-names.ts'
import { configurationPath, parseRegistered } from '../controllers/webhook-store.ts'
import { calledBy, namespaceOf } from './called.ts'

/** What runs in a cluster. */
export interface ClusterVersions {
  /** Of the API server: `v1.36.3`. */
  readonly kubernetes: string
  /** Where the Lease was looked for. */
  readonly namespace: string
  /** Undefined: there is no Lease in that namespace. */
  readonly replicas: Replicas | undefined
}

/** Milliseconds for all of it. */
const patience = 8000

/** Asks the API server for its version, and for the Lease that tells those of the replicas. Throws a ClusterError. */
export async function readClusterVersions(
  connection: Pick<Connection, 'request' | 'context' | 'namespace'>, leaseNamespace: string | undefined,
): Promise<ClusterVersions> {
  const signal = AbortSignal.timeout(patience)
  const ask = async (path: string): Promise<unknown> => (await connection.request(path, { signal })).json()
  const kubernetes = textField(await ask('/version'), 'gitVersion') ?? 'unknown'
  const ownNamespace = connection.context === undefined ? connection.namespace : undefined
  // A user who may not see who is called is no worse off than where nobody is.
  const registered = async () => namespaceOf(calledBy(parseRegistered(await ask(configurationPath).catch(unless(403, 404))).entry))
  const namespace = leaseNamespace ?? ownNamespace ?? await registered() ?? usualNamespace
  const lease = await ask(`/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${leaseName}`).catch(unless(404))
  return { kubernetes, namespace, replicas: lease === undefined ? undefined : parseReplicas(lease) }
}
