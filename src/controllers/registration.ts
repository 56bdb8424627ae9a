import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Connection } from '../cluster/connection.ts'
import { asMap, isMap } from '../placement/is-map.ts'
import { holdsAuthority, uniteAuthorities } from './ca-bundle.ts'
import { configurationName, entryName, webhookEntry, type NamespaceRequirement, type Reach } from './webhook-entry.ts'

export interface RegistrationOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly reach: Reach
  readonly ownNamespace: string | undefined
  /** What namespaces have to meet whose pods are sent; absent: nothing. */
  readonly selected?: readonly NamespaceRequirement[]
  /** PEM of the authority that signed what is served now. */
  readonly authority: () => string | undefined
  /** Whether the entry is ours to keep. Another replica only sees to it that what it serves is trusted. */
  readonly isLeading: () => boolean
  readonly now: () => Date
  /** Called after the entry was mended: until then calls may have gone elsewhere, or nowhere. */
  readonly onMended: () => void
  readonly log: Logger
  /** Calls `task` every so many milliseconds until what it returns is called. */
  readonly repeat: (task: () => void, milliseconds: number) => () => void
}

export interface Registration {
  /** Looks, and mends what differs; by what is served when this is called, not when an earlier look began. Never rejects. */
  readonly check: () => Promise<void>
  readonly stop: () => void
}

/** How often the entry is looked at: someone may edit it, or apply config/webhook again. */
const every = 10_000

const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${configurationName}`

/**
 * Keeps our entry in the MutatingWebhookConfiguration as it should be, from now on: call it once requests are served. It is
 * written by server-side apply, so that only our entry's fields are ours. The configuration itself is installed, and
 * removed, with the other manifests: it is never created here.
 */
export function keepRegistered(options: RegistrationOptions): Registration {
  const { connection, reach, log, repeat, onMended } = options
  let trouble: string | undefined
  let running = 0
  let last = Promise.resolve()
  let isStopped = false

  const mend = async (): Promise<void> => {
    const configuration = asMap(await (await connection.request(path)).json())
    const webhooks: readonly unknown[] = Array.isArray(configuration['webhooks']) ? configuration['webhooks'] : []
    const current = webhooks.find(entry => asMap(entry)['name'] === entryName)
    const wanted = due(current, options)
    if (!isStopped && wanted !== undefined) {
      await apply(connection, wanted, asMap(configuration['metadata'])['resourceVersion'])
      log.info({ configuration: configurationName, clientConfig: reach }, 'registered with the API server')
      onMended()
    }
  }
  const look = async (): Promise<void> => {
    if (isStopped) return
    try {
      await mend()
      trouble = undefined
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message !== trouble) log.error({ err: error }, `not registered with the API server${hint(error)}; trying again`)
      trouble = message
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
    if (running === 0) void check()
  }, every)
  return {
    check,
    stop() {
      isStopped = true
      cancel()
    },
  }
}

/** The entry to write, or undefined where the one that is there will do. */
function due(current: unknown, { reach, ownNamespace, selected, authority, isLeading, now }: RegistrationOptions): object | undefined {
  const own = authority()
  const { caBundle } = asMap(asMap(current)['clientConfig'])
  const isTrusted = own === undefined || holdsAuthority(caBundle, own)
  // As long as nobody leads there may be no entry: then there is nothing that a replica could be called by.
  if (!isLeading() && (current === undefined || isTrusted)) return undefined
  const wanted = webhookEntry(reach, own === undefined ? undefined : uniteAuthorities(caBundle, own, now()), ownNamespace, selected)
  return current !== undefined && contains(current, wanted) ? undefined : wanted
}

function hint(error: unknown): string {
  const missing = error instanceof ClusterError && error.status === 404
  return missing ? `: there is no MutatingWebhookConfiguration ${configurationName} (kubectl apply -k config makes it)` : ''
}

/** @param resourceVersion what was looked at: an entry that another has written since is looked at again first (409) */
async function apply(connection: Pick<Connection, 'request'>, entry: object, resourceVersion: unknown): Promise<void> {
  const response = await connection.request(path, {
    method: 'PATCH',
    query: { fieldManager: 'versprei', force: true },
    // JSON is YAML; this content type is what makes a patch a server-side apply.
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration',
      metadata: { name: configurationName, ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}) }, webhooks: [entry],
    },
  })
  await response.json()
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
