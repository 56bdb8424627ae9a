import type { ClusterRequest, Connection } from '../cluster/connection.ts'

/** Sends a request that changes something, and reads its answer. Throws a ClusterError when the API server refuses, and `NotLeading`. */
export type Write = (path: string, request: ClusterRequest) => Promise<unknown>

/** This replica does not lead (any more): what it was about to write is another's to write. */
export class NotLeading extends Error {
  constructor() {
    super('not written: another replica leads by now')
  }
}

/** Milliseconds. An API server that hangs must not keep a replica from ending. */
const longestWrite = 10_000

/**
 * Writes for as long as this replica leads, and until `ending` is aborted. `isLeading` looks at our own renew deadline at the moment of the
 * call, so that one that was frozen writes nothing when it wakes up. For what happens between the look and the write, what changes an
 * object carries its uid or resourceVersion.
 */
export function createWrite(connection: Pick<Connection, 'request'>, isLeading: () => boolean, ending: AbortSignal): Write {
  return async (path, request) => {
    if (!isLeading()) throw new NotLeading()
    const signals = [ending, AbortSignal.timeout(longestWrite), ...(request.signal === undefined ? [] : [request.signal])]
    return (await connection.request(path, { ...request, signal: AbortSignal.any(signals) })).json()
  }
}
