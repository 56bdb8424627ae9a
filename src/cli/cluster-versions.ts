import type { Connection } from '../cluster/connection.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import { field, textField } from '../cluster/json-field.ts'
import { parseReplicas, type Replicas } from '../cluster/lease-versions.ts'
import { configurationName } from '../controllers/webhook-entry.ts'

/** The Lease by which the replicas of Versprei agree. */
export const leaseName = 'versprei'

/** Where config/ and the chart install Versprei, unless told otherwise. */
const usualNamespace = 'versprei-system'

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
  const namespace = leaseNamespace ?? ownNamespace ?? await registeredNamespace(ask) ?? usualNamespace
  const lease = await ask(`/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${leaseName}`).catch(unless(404))
  return { kubernetes, namespace, replicas: lease === undefined ? undefined : parseReplicas(lease) }
}

/** That of the Service which the API server calls; undefined where it calls none, or this user may not know. */
async function registeredNamespace(ask: (path: string) => Promise<unknown>): Promise<string | undefined> {
  const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${configurationName}`
  const webhooks = field(await ask(path).catch(unless(403, 404)), 'webhooks')
  const first: unknown = Array.isArray(webhooks) ? webhooks[0] : undefined
  return textField(field(field(first, 'clientConfig'), 'service'), 'namespace')
}

/** Nothing, for these answers. */
function unless(...statuses: readonly number[]) {
  return (error: unknown): undefined => {
    if (!(error instanceof ClusterError && statuses.includes(error.status ?? 0))) throw error
  }
}
