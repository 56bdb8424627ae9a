import { systemClock } from '../../cluster/clock.ts'
import type { ClusterRequest, ClusterResponse, Connection } from '../../cluster/connection.ts'
import { listAll } from '../../cluster/list.ts'
import { asMap } from '../../placement/is-map.ts'
import { askFor, asking, type Asked } from './asked.ts'
import type { Sample } from './clock-offset.ts'
import { pathOf, tellRight, type Right } from './right.ts'

type Map = Readonly<Record<string, unknown>>

const pageSize = 500

/** The API server, asked so that every refusal is an answer too. */
export interface Api {
  /** An object, by the right to get it; or a list of at most 500, by the right to list. */
  readonly read: (right: Right, query?: ClusterRequest['query']) => Promise<Asked>
  /** Every object of a resource, in pages; `keep` as `listAll` has it. */
  readonly listAll: <T>(right: Right, keep: (object: unknown) => T) => Promise<Asked<readonly T[]>>
  /** A path that is no resource, such as /metrics. */
  readonly text: (path: string) => Promise<Asked<string>>
  readonly post: (right: Right, body: unknown, query?: ClusterRequest['query']) => Promise<Asked>
  /** Throws what the connection throws. */
  readonly send: (path: string, options?: ClusterRequest) => Promise<ClusterResponse>
  /** What the API server's clock said, at each answer so far. */
  readonly samples: () => readonly Sample[]
}

/** Milliseconds for one answer: whoever mistyped an address is told within ten seconds. */
const longest = 8000

/** As AbortSignal.timeout, with a reason that people understand. */
function expire(milliseconds: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds).unref()
  return controller.signal
}

/**
 * @param now milliseconds since 1970, by the clock that the API server's is compared with
 * @param patience milliseconds for one answer
 */
export function createApi(connection: Pick<Connection, 'request'>, now: () => number, patience = longest): Api {
  const samples: Sample[] = []
  const send = async (path: string, options: ClusterRequest = {}): Promise<ClusterResponse> => {
    const sent = now()
    const response = await connection.request(path, { ...options, signal: options.signal ?? expire(patience) })
    if (response.date !== undefined) samples.push({ sent, received: now(), date: response.date })
    return response
  }
  return {
    send,
    samples: () => samples,
    read: (right, query = {}) =>
      askFor({ request: send }, right, { query: { ...(right.verb === 'list' && { limit: pageSize }), ...query } }),
    listAll: (right, keep) => asking(tellRight(right), async () => {
      const { items } = await listAll({
        connection: { request: send }, path: pathOf(right), query: {}, accept: 'application/json', pageSize, timeout: patience,
        clock: systemClock, signal: new AbortController().signal, keep,
      })
      return items
    }),
    text: path => asking(`get ${path}`, async () => (await send(path)).text()),
    post: (right, body, query = {}) => askFor({ request: send }, right, { method: 'POST', body, query }),
  }
}

/** The items of a list as the API server sent it; none for anything else. */
export function itemsOf(list: unknown): readonly Map[] {
  const { items } = asMap(list)
  return Array.isArray(items) ? items.map(asMap) : []
}
