import { createDeadline, type Clock } from '../cluster/clock.ts'
import { ClusterError, ownReasons } from '../cluster/cluster-error.ts'
import type { Connection } from '../cluster/connection.ts'
import { parseKey } from '../cluster/object-key.ts'
import { acceptMetadata } from '../cluster/partial-metadata.ts'
import type { Listed } from '../placement/distributor/listed.ts'
import { apiVersion, kind } from '../placement/keys.ts'
import type { DistributorStatus } from '../placement/status/status.ts'
import type { Write } from './write.ts'

export interface StatusWriterOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly write: Write
  readonly clock: Clock
}

/**
 * Writes the status of one distributor by server-side apply. `version`: its resourceVersion, where it is known; answers the new one.
 * Rejects with a ClusterError: 404 or 409 where the object is gone, is another one by now, or has changed.
 */
export type WriteStatus = (
  listed: Listed, version: string | undefined, status: DistributorStatus, signal: AbortSignal,
) => Promise<string | undefined>

export const fieldManager = 'versprei-status'

/** Milliseconds for one status. */
const timeout = 10_000

/**
 * Measured on Kubernetes 1.36: an apply to a status subresource heeds a resourceVersion, but not a uid: it would put the status of a
 * deleted object on the one that took its name. So the resourceVersion is asked for where it is not known, and the uid compared.
 */
export function createStatusWriter({ connection, write, clock }: StatusWriterOptions): WriteStatus {
  const findVersion = async (path: string, { uid }: Listed, signal: AbortSignal): Promise<string> => {
    const headers = { accept: acceptMetadata('PartialObjectMetadata') }
    const found = parseKey(await (await connection.request(path, { headers, signal })).json())
    if (found?.key.uid === uid && found.resourceVersion !== undefined) return found.resourceVersion
    throw new ClusterError(`GET ${path}: not the object that was listed: it has another uid`, { status: 409, reason: 'Conflict' })
  }
  return async (listed, version, status, signal) => {
    const { namespace, name, uid } = listed
    const path = pathOf(listed)
    const deadline = createDeadline(clock, timeout, signal, () =>
      new ClusterError(`PATCH ${path}/status: no answer within ${timeout / 1000} s`, { reason: ownReasons.timeout }))
    try {
      const resourceVersion = version ?? await findVersion(path, listed, deadline.signal)
      const answer = await write(`${path}/status`, {
        method: 'PATCH', query: { fieldManager, force: true }, headers: { 'content-type': 'application/apply-patch+yaml' },
        body: { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion }, status },
        signal: deadline.signal,
      })
      return parseKey(answer)?.resourceVersion
    } finally {
      deadline.end()
    }
  }
}

function pathOf({ namespace, name }: Listed): string {
  return `/apis/${apiVersion}/namespaces/${namespace}/poddistributors/${name}`
}
