import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { ClusterError, message } from '../cluster/cluster-error.ts'
import type { Connection } from '../cluster/connection.ts'
import { asMap, isMap } from '../placement/is-map.ts'
import { certificatesOf, holdsAuthority, uniteAuthorities } from './ca-bundle.ts'
import { configurationName, webhookEntry, type NamespaceRequirement, type Reach } from './webhook-entry.ts'
import { createWebhookStore, type Registered, type WebhookStore } from './webhook-store.ts'

/** By what the API server goes when it calls us. */
export interface Seen {
  /** Whether it calls us at all. */
  readonly isCalled: boolean
  /** The authorities of the caBundle, one PEM text each; undefined where there is none, and it goes by the roots of its machine. */
  readonly trusted: readonly string[] | undefined
}

export interface RegistrationOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly reach: Reach
  readonly ownNamespace: string | undefined
  /** What namespaces have to meet whose pods are sent; absent: nothing. */
  readonly selected?: readonly NamespaceRequirement[]
  /** PEM of the authorities that the API server has to trust for what is served. */
  readonly authority: () => string | undefined
  /** PEM, one text each, of those that nobody serves by any more. */
  readonly dropped?: () => readonly string[]
  /** Whether the entry is ours to keep. Another replica only sees to it that what it serves is trusted. */
  readonly isLeading: () => boolean
  /** Whether calls would arrive: until then there is no entry. One that is there stays. */
  readonly isReached: () => boolean
  readonly now: () => Date
  /** Told what there is after each look, and each write. */
  readonly onSeen?: (seen: Seen) => void
  /** Called after the entry was mended: until then calls may have gone elsewhere, or nowhere. */
  readonly onMended: () => void
  readonly log: Logger
  /** Calls `task` every so many milliseconds until what it returns is called. */
  readonly repeat: (task: () => void, milliseconds: number) => () => void
}

export interface Registration {
  /** Looks, and mends what differs; by what is served when this is called, not when an earlier look began. Never rejects. */
  readonly check: () => Promise<void>
  /** As `check`, for each change that is seen: where another writes over what we write, that is not answered without end. */
  readonly noteChange: () => void
  /** Resolves when nothing of it is under way any more. */
  readonly stop: () => Promise<void>
}

/** Milliseconds. How often the entry is looked at: someone may edit it, or apply config/webhook again. */
const every = 10_000
/** So many writes between two such looks are answers to changes; whoever still writes against us then is waited for. */
const mostAnswers = 3

/**
 * Keeps our entry in the MutatingWebhookConfiguration as it should be, from now on: call it once requests are served. It is
 * written by server-side apply, so that only our entry's fields are ours. The configuration itself is installed, and
 * removed, with the other manifests: it is never created here.
 */
export function keepRegistered(options: RegistrationOptions): Registration {
  const { connection, reach, log, repeat, onMended, onSeen } = options
  const store = createWebhookStore(connection)
  let trouble: string | undefined
  let [running, writes] = [0, 0]
  let last = Promise.resolve()
  let isStopped = false

  const mend = async (): Promise<void> => {
    const there = await store.read()
    onSeen?.(seenIn(there))
    const wanted = due(there.entry, options)
    if (isStopped || wanted === undefined) return
    writes += 1
    const now = await store.apply(wanted, there).catch((error: unknown) => writeAnew(store, wanted, there, error))
    onSeen?.(seenIn(now))
    log.info({ configuration: configurationName, clientConfig: reach }, 'registered with the API server')
    onMended()
  }
  const look = async (): Promise<void> => {
    if (isStopped) return
    try {
      await mend()
      trouble = undefined
    } catch (error) {
      if (isMissing(error)) onSeen?.({ isCalled: false, trusted: undefined })
      if (message(error) !== trouble) log.error({ err: error }, `not registered with the API server${hint(error)}; trying again`)
      trouble = message(error)
    }
  }
  const check = (): Promise<void> => {
    running += 1
    last = last.then(look).finally(() => {
      running -= 1
    })
    return last
  }
  const cancel = repeat(() => {
    writes = 0
    if (running === 0) void check()
  }, every)
  return {
    check,
    noteChange: () => void (running < 2 && writes < mostAnswers && check()),
    stop() {
      isStopped = true
      cancel()
      return last
    },
  }
}

/**
 * What another has applied stays beside what we apply, and can make it invalid together (422): a `service` beside our `url`. Then the entry
 * goes as a whole, and ours is written where there is none.
 */
async function writeAnew(store: WebhookStore, wanted: object, there: Registered, error: unknown): Promise<Registered> {
  if (!(error instanceof ClusterError && error.status === 422) || there.entry === undefined) throw error
  return store.apply(wanted, await store.remove(there))
}

function seenIn({ entry }: Registered): Seen {
  return { isCalled: entry !== undefined, trusted: certificatesOf(asMap(entry?.['clientConfig'])['caBundle']) }
}

/** The entry to write, or undefined where the one that is there will do. */
function due(
  current: unknown, { reach, ownNamespace, selected, authority, dropped, isLeading, isReached, now }: RegistrationOptions,
): object | undefined {
  const own = authority()
  const { caBundle } = asMap(asMap(current)['clientConfig'])
  const isTrusted = own === undefined || holdsAuthority(caBundle, own)
  // As long as nobody leads there may be no entry: then there is nothing that a replica could be called by.
  if (current === undefined ? !isLeading() || !isReached() : !isLeading() && isTrusted) return undefined
  const trusted = own === undefined ? undefined : uniteAuthorities(caBundle, own, now(), dropped?.())
  const wanted = webhookEntry(reach, trusted, ownNamespace, selected)
  return current !== undefined && contains(current, wanted) ? undefined : wanted
}

const isMissing = (error: unknown): boolean => error instanceof ClusterError && error.status === 404

function hint(error: unknown): string {
  if (!isMissing(error)) return ''
  return `: there is no MutatingWebhookConfiguration ${configurationName} (what installed Versprei makes it: the chart, or config)`
}

/**
 * Whether everything wanted stands in what is there. What the API server defaults, or others own, may stand beside it: fields, and items of
 * lists that are told apart by name (matchConditions), which server-side apply merges as well.
 */
function contains(there: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted) && Array.isArray(there) && wanted.length > 0 && wanted.every(item => isMap(item) && 'name' in item)) {
    return wanted.every(item => isMap(item) && contains(there.find(one => isMap(one) && one['name'] === item['name']), item))
  }
  if (!isMap(wanted) || !isMap(there)) return isDeepStrictEqual(there, wanted)
  return Object.entries(wanted).every(([key, value]) => contains(there[key], value))
}
