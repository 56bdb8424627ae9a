import { setImmediate } from 'node:timers/promises'
import { createDeadline, pause, type Clock } from './clock.ts'
import { ClusterError, ownReasons } from './cluster-error.ts'
import type { Connection } from './connection.ts'
import { field, textField } from './json-field.ts'

export interface ListRequest<T> {
  readonly connection: Pick<Connection, 'request'>
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly accept: string
  readonly pageSize: number
  /** Milliseconds for one page, its body included. */
  readonly timeout: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What to keep of an object; undefined leaves it out. Called page by page, so that never more than one page lies in memory whole. */
  readonly keep: (object: unknown) => T | undefined
}

export interface List<T> {
  readonly items: readonly T[]
  /** Where a watch goes on from. */
  readonly resourceVersion: string
  /** When the list was asked for: it shows nothing older. Milliseconds since 1970. */
  readonly asOf: number
}

interface Page {
  readonly items: readonly unknown[]
  readonly resourceVersion: string
  readonly next: string | undefined
}

/** How often a page is asked for again because the API server said when to come back (client-go: 10). */
const patience = 5

function parsePage(body: unknown, where: string): Page {
  const items = field(body, 'items')
  const metadata = field(body, 'metadata')
  const resourceVersion = textField(metadata, 'resourceVersion')
  // Go writes an empty slice as null.
  const list: unknown = items === null ? [] : items
  if (!Array.isArray(list) || resourceVersion === undefined) {
    throw new ClusterError(`${where}: the answer is not a list with items and a resourceVersion`, { reason: ownReasons.malformed })
  }
  return { items: list, resourceVersion, next: textField(metadata, 'continue') }
}

async function askPage<T>(request: ListRequest<T>, token: string | undefined): Promise<Page> {
  const { connection, path, query, accept, pageSize, timeout, clock, signal } = request
  const late = () => new ClusterError(`GET ${path}: no whole page of the list within ${timeout / 1000} s`, { reason: ownReasons.timeout })
  const deadline = createDeadline(clock, timeout, signal, late)
  try {
    const response = await connection.request(path, {
      query: { ...query, limit: pageSize, ...(token !== undefined && { continue: token }) },
      headers: { accept },
      signal: deadline.signal
    })
    return parsePage(await response.json(), `GET ${path}`)
  } finally {
    deadline.end()
  }
}

async function askPatiently<T>(request: ListRequest<T>, token: string | undefined): Promise<Page> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askPage(request, token)
    } catch (error) {
      const wait = error instanceof ClusterError ? error.retryAfter : undefined
      if (wait === undefined || attempt === patience || request.signal.aborted) throw error
      await pause(request.clock, wait, request.signal)
    }
  }
}

/** So many are kept in a few milliseconds; then requests that wait for an answer have their turn. */
const atOnce = 100

async function keepAll<T>(objects: readonly unknown[], { keep, signal }: ListRequest<T>, items: T[]): Promise<void> {
  for (const [index, object] of objects.entries()) {
    if (index > 0 && index % atOnce === 0) await setImmediate()
    signal.throwIfAborted()
    const item = keep(object)
    if (item !== undefined) items.push(item)
  }
}

async function listOnce<T>(request: ListRequest<T>): Promise<List<T> | 'expired'> {
  const asOf = request.clock.now()
  const items: T[] = []
  let token: string | undefined
  do {
    let page: Page
    try {
      page = await askPatiently(request, token)
    } catch (error) {
      if (token !== undefined && error instanceof ClusterError && error.status === 410) return 'expired'
      throw error
    }
    await keepAll(page.items, request, items)
    token = page.next
    if (token === undefined) return { items, resourceVersion: page.resourceVersion, asOf }
  } while (!request.signal.aborted)
  throw request.signal.reason
}

/**
 * Every object of a resource, in pages; all pages show one moment (KEP-365). When that moment is compacted away in the middle (410), the
 * list starts over, once.
 *
 * No resourceVersion is sent, unlike client-go's first list (`resourceVersion=0`). With 0 the API server answers from its watch cache and
 * ignores `limit`: 150,000 pods of 3 KB would be one answer of 450 MB, near the longest string V8 can hold. And it may show a state older
 * than one already seen, which would give seats out twice. Without one, pages are pages and the list is current. The price is a read of
 * etcd for each page after the first, until 1.34 serves those from its cache too (KEP-4988); replicas are few, and back-off is jittered.
 */
export async function listAll<T>(request: ListRequest<T>): Promise<List<T>> {
  const list = await listOnce(request)
  const again = list === 'expired' ? await listOnce(request) : list
  if (again !== 'expired') return again
  throw new ClusterError(`GET ${request.path}: the list expired twice between two of its pages`, { status: 410, reason: 'Expired' })
}
