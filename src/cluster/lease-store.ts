import { createDeadline, type Clock } from './clock.ts'
import { ClusterError, ownReasons } from './cluster-error.ts'
import type { ClusterRequest, Connection } from './connection.ts'
import { parseLease, type LeaseRecord } from './lease.ts'
import { unless } from './unless.ts'

/** One Lease at the API server. Both throw a ClusterError, and both throw rather than answer once the signal is aborted. */
export interface LeaseStore {
  /** Undefined when there is none. */
  read(signal: AbortSignal): Promise<LeaseRecord | undefined>
  /**
   * Writes `body` over the Lease it was made from (by its resourceVersion), or makes it when there was none; undefined when another was
   * faster. After an error it may have been written all the same.
   */
  write(over: LeaseRecord | undefined, body: object, signal: AbortSignal): Promise<LeaseRecord | undefined>
}

export interface LeaseStoreOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly namespace: string
  readonly name: string
  readonly clock: Clock
}

/** Milliseconds for one request: two whole tries find room between a renewal, the next turn and the renew deadline (2 + 4 + 4 s). */
export const requestTimeout = 4_000

export function createLeaseStore({ connection, namespace, name, clock }: LeaseStoreOptions): LeaseStore {
  const all = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
  const one = `${all}/${encodeURIComponent(name)}`
  const ask = async (path: string, parent: AbortSignal, options: ClusterRequest = {}): Promise<LeaseRecord> => {
    const what = `${options.method ?? 'GET'} ${path}: no answer within ${requestTimeout} ms`
    const late = () => new ClusterError(what, { reason: ownReasons.timeout })
    const deadline = createDeadline(clock, requestTimeout, parent, late)
    try {
      const response = await connection.request(path, { ...options, signal: deadline.signal })
      const lease = parseLease(await response.json())
      deadline.signal.throwIfAborted()
      return lease
    } catch (error) {
      parent.throwIfAborted()
      throw error
    } finally {
      deadline.end()
    }
  }
  return {
    read: signal => ask(one, signal).catch(unless(404)),
    write(over, body, signal) {
      if (over === undefined) {
        return ask(all, signal, { method: 'POST', body }).catch(unless(409))
      }
      // 404: deleted since it was read; the next look sees that.
      return ask(one, signal, { method: 'PUT', body }).catch(unless(404, 409))
    },
  }
}
