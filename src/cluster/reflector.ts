import { createBackoff, type Backoff } from './backoff.ts'
import { createDeadline, pause, type Clock } from './clock.ts'
import { ClusterError, message, networkError, ownReasons } from './cluster-error.ts'
import type { Connection } from './connection.ts'
import { createDelivery, type Consumer, type Delivery, type Log } from './delivery.ts'
import { listAll } from './list.ts'
import { acceptMetadata } from './partial-metadata.ts'
import { createProgress, type Progress, type ReflectorStatus } from './progress.ts'
import { readEvents } from './watch-stream.ts'

export interface ReflectorOptions<T> {
  readonly connection: Pick<Connection, 'request'>
  /** The resource's path: `/api/v1/nodes`, or one with a namespace in it. */
  readonly path: string
  /** labelSelector, fieldSelector. */
  readonly query?: Readonly<Record<string, string>>
  /** Ask for `metadata` alone (PartialObjectMetadata): a pod of 3 KB is then sent as its labels, annotations and owners. */
  readonly metadataOnly?: boolean
  /** What to keep of an object: as little as is needed, it may be one of 150,000. Undefined: it is of no interest. */
  readonly parse: (object: unknown) => T | undefined
  readonly consumer: Consumer<T>
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
  /** Objects a page; default 500, as kubectl and client-go ask for. */
  readonly pageSize?: number
}

/** Keeps a consumer in step with a resource of the API server until it is stopped, whatever goes wrong. */
export interface Reflector {
  start(): void
  /** Ends it for good; afterwards the consumer is not called any more, and no timer or request is left. */
  stop(): Promise<void>
  /** Resolves once the first list has been handed over; not at all if that never happens. */
  readonly synced: Promise<void>
  status(): ReflectorStatus
}

/** One page of a list, its body included. */
const pageTimeout = 60_000
/** The API server sends a bookmark about once a minute to who asks for them: after two and a half, the watch is dead. */
const silence = 150_000
/** The shortest time a watch is asked for; the longest is twice this. It spreads the replicas' new watches (client-go's numbers). */
const watchSeconds = 300
/** etcd takes objects of 1.5 MB, aggregated to some 3 MB with managed fields. */
const longestLine = 16 * 1024 * 1024
/** A watch that the API server ends sooner than this is no service; what follows is slowed down. */
const shortWatch = 1000
/** So many watches in a row that were answered and brought nothing: the resourceVersion is no good (etcd restored from a backup, say). */
const barrenWatches = 2

interface Context<T> {
  readonly options: ReflectorOptions<T>
  readonly progress: Progress
  readonly delivery: Delivery<T>
  readonly backoff: Backoff
  readonly signal: AbortSignal
  /** Failures in a row of watches that were answered. */
  barren: number
  /** 410s since a watch last lasted. */
  expired: number
}

async function list<T>(context: Context<T>): Promise<void> {
  const { options, progress, delivery, signal } = context
  const { connection, path, query = {}, metadataOnly, clock, pageSize = 500 } = options
  const accept = metadataOnly ? acceptMetadata('PartialObjectMetadataList') : 'application/json'
  const all = await listAll({ connection, path, query, accept, pageSize, timeout: pageTimeout, clock, signal, keep: delivery.keep })
  if (signal.aborted) return
  delivery.replace(all.items)
  progress.listed(all.resourceVersion, all.asOf)
  context.barren = 0
  options.log.debug({ reflector: path, items: all.items.length, resourceVersion: all.resourceVersion }, 'listed')
}

/** One watch, to its end. Returns whether it brought anything; throws when it did not end well. */
async function watch<T>(context: Context<T>, resourceVersion: string): Promise<boolean> {
  const { options: { connection, path, query, metadataOnly, clock, random }, progress, delivery, signal } = context
  const quiet = `GET ${path}: neither an event nor a bookmark for ${silence / 1000} s`
  const silent = () => new ClusterError(quiet, { reason: ownReasons.silent })
  const deadline = createDeadline(clock, silence, signal, silent)
  const timeoutSeconds = Math.floor(watchSeconds * (1 + random()))
  const began = clock.now()
  let advanced = false
  try {
    const response = await connection.request(path, {
      query: { ...query, watch: 1, allowWatchBookmarks: true, resourceVersion, timeoutSeconds },
      headers: { accept: metadataOnly ? acceptMetadata('PartialObjectMetadata') : 'application/json' },
      signal: deadline.signal
    })
    progress.watching()
    for await (const event of readEvents(response.body, longestLine, `GET ${path}`)) {
      if (signal.aborted) break
      deadline.touch()
      if (event.type !== 'BOOKMARK') delivery.event(event)
      progress.advanced(event.resourceVersion, clock.now(), event.type === 'BOOKMARK')
      advanced = true
      context.barren = 0
    }
    return advanced
  } finally {
    deadline.end()
    if (clock.now() - began >= shortWatch) context.expired = 0
  }
}

function needsList({ status, reason }: ClusterError): boolean {
  return status === 410 || reason === 'Expired' || reason === 'Gone' || reason === ownReasons.malformed
}

/** The API server itself said no, or nothing; 429 and 503 only say "later", and a broken network says nothing of the resourceVersion. */
function isRefusal({ status, reason }: ClusterError): boolean {
  return reason === ownReasons.silent || (status !== undefined && status !== 429 && status !== 503)
}

/**
 * A time that the API server names is taken at its word. After a 410 (an API server that was restarted answers so, and the back-off may
 * have grown while it was away) the list follows within a second, at random so that replicas do not come together; but only once in a row.
 */
function delay<T>({ options: { random }, backoff, expired }: Context<T>, { status, retryAfter }: ClusterError): number {
  if (retryAfter !== undefined) return retryAfter
  return status === 410 && expired === 1 ? Math.round(1000 * random()) : backoff.next()
}

/** Notes a failure and returns how long to wait, in milliseconds. */
function recover<T>(context: Context<T>, thrown: unknown): number {
  const { options: { path, log }, progress } = context
  const error = networkError(`GET ${path}`, thrown)
  context.barren += isRefusal(error) ? 1 : 0
  context.expired += error.status === 410 ? 1 : 0
  const relist = needsList(error) || context.barren >= barrenWatches
  const wait = delay(context, error)
  // An API server that stays away is told once; an expired resourceVersion is part of life.
  const known = progress.read().lastError?.message === error.message
  log[known ? 'debug' : error.status === 410 ? 'info' : 'warn']({ err: error, reflector: path, wait, relist }, message(error))
  progress.failed(error, relist)
  return wait
}

/** A list if one is due, then a watch. Returns how long to wait before the next turn, in milliseconds. */
async function turn<T>(context: Context<T>): Promise<number> {
  const { options: { clock }, progress, backoff, signal } = context
  try {
    if (progress.read().resourceVersion === undefined) await list(context)
    const { resourceVersion } = progress.read()
    if (signal.aborted || resourceVersion === undefined) return 0
    const began = clock.now()
    const advanced = await watch(context, resourceVersion)
    if (clock.now() - began >= shortWatch) return 0
    // A proxy that ends the watch after every event costs a tenth of a second each; one that brings nothing is backed off from.
    return advanced ? 100 : backoff.next()
  } catch (error) {
    return signal.aborted ? 0 : recover(context, error)
  }
}

async function run<T>(context: Context<T>): Promise<void> {
  const { options: { clock }, signal } = context
  while (!signal.aborted) await pause(clock, await turn(context), signal)
}

/**
 * What client-go calls a reflector, with its numbers: list in pages, watch with bookmarks from the list's resourceVersion, go on with a
 * new watch where the old one ended, list again when the API server no longer knows that resourceVersion (410) or sent what cannot be
 * understood. Every failure (403 and 404 too: the resource or the permission may come) is followed by a delay and a new try, and
 * is `lastError` until then. The consumer keeps what it has all the while.
 */
export function createReflector<T>(options: ReflectorOptions<T>): Reflector {
  const { parse, consumer, path, log, clock, random } = options
  const stopping = new AbortController()
  const progress = createProgress()
  const delivery = createDelivery(parse, consumer, path, log)
  const context = { options, progress, delivery, backoff: createBackoff(clock, random), signal: stopping.signal, barren: 0, expired: 0 }
  let running: Promise<void> | undefined
  return {
    start: () => { running ??= run(context) },
    stop: async () => {
      stopping.abort(new Error('stopped'))
      await running
    },
    synced: progress.synced,
    status: () => ({ ...progress.read(), faults: delivery.faults() })
  }
}
