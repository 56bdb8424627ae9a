import type { Clock } from '../cluster/clock.ts'
import type { Connection } from '../cluster/connection.ts'
import { livePods } from '../cluster/follow.ts'
import { listAll } from '../cluster/list.ts'
import { acceptMetadata } from '../cluster/partial-metadata.ts'
import { distributorLabel } from '../placement/keys.ts'

/** Which pods of a namespace: those that no distributor placed, those of one distributor, or all that live. */
export type Which = 'unplaced' | { readonly distributor: string } | 'all'

export interface PodLists {
  /**
   * Pods that have not ended, trimmed page by page. `metadataOnly`: without their node. `cached`: as the API server last saw them, which
   * costs it no read of etcd, and may be a moment old; not in pages, so for a few pods only. Without a namespace: of the whole cluster.
   */
  readonly list: <T>(
    namespace: string | undefined, which: Which, keep: (object: unknown) => T | undefined, how?: How,
  ) => Promise<readonly T[]>
}

export interface How {
  readonly metadataOnly?: boolean
  readonly cached?: boolean
}

const pageSize = 500
/** Milliseconds for one page. */
const timeout = 30_000

export function createPodLists(connection: Pick<Connection, 'request'>, clock: Clock, signal: AbortSignal): PodLists {
  return {
    async list(namespace, which, keep, { metadataOnly = false, cached = false } = {}) {
      const labelSelector = which === 'unplaced' ? `!${distributorLabel}`
        : which === 'all' ? undefined : `${distributorLabel}=${which.distributor}`
      const { items } = await listAll({
        connection, clock, signal, keep, pageSize, timeout,
        path: namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`,
        query: {
          ...livePods,
          ...labelSelector === undefined ? {} : { labelSelector },
          ...cached ? { resourceVersion: '0' } : {},
        },
        accept: metadataOnly ? acceptMetadata('PartialObjectMetadataList') : 'application/json',
      })
      return items
    },
  }
}
