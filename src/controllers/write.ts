import type { ClusterRequest, Connection } from '../cluster/connection.ts'

/** Sends a request that changes something, and reads its answer. Throws a ClusterError when the API server refuses, and `NotLeading`. */
export type Write = (path: string, request: ClusterRequest) => Promise<unknown>

/** This replica does not lead (any more): what it was about to write is another's to write. */
export class NotLeading extends Error {
  constructor() {
    super('not written: another replica leads by now')
  }
}

/**
 * Writes for as long as this replica leads. `isLeading` looks at our own renew deadline at the moment of the call, so that one that was
 * frozen writes nothing when it wakes up; and every body carries a uid or resourceVersion, for what happens between the look and the write.
 */
export function createWrite(connection: Pick<Connection, 'request'>, isLeading: () => boolean): Write {
  return async (path, request) => {
    if (!isLeading()) throw new NotLeading()
    return (await connection.request(path, request)).json()
  }
}
