import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Connection } from '../cluster/connection.ts'
import { isMap } from '../placement/is-map.ts'
import { configurationName, entryName, webhookEntry, type Reach } from './webhook-entry.ts'

export interface RegistrationOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly reach: Reach
  readonly ownNamespace: string | undefined
  /** PEM of the authority that signed what is served now. */
  readonly authority: () => string | undefined
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
export function keepRegistered({ connection, reach, ownNamespace, authority, log, repeat }: RegistrationOptions): Registration {
  let trouble: string | undefined
  let running = 0
  let last = Promise.resolve()
  let isStopped = false

  const mend = async (): Promise<void> => {
    const wanted = webhookEntry(reach, authority(), ownNamespace)
    const configuration = await (await connection.request(path)).json()
    const current = isMap(configuration) && Array.isArray(configuration['webhooks'])
      ? configuration['webhooks'].find(entry => isMap(entry) && entry['name'] === entryName)
      : undefined
    if (!isStopped && (current === undefined || !contains(current, wanted))) {
      await apply(connection, wanted)
      log.info({ configuration: configurationName, clientConfig: reach }, 'registered with the API server')
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

function hint(error: unknown): string {
  const missing = error instanceof ClusterError && error.status === 404
  return missing ? `: there is no MutatingWebhookConfiguration ${configurationName} (kubectl apply -k config makes it)` : ''
}

async function apply(connection: Pick<Connection, 'request'>, entry: object): Promise<void> {
  const response = await connection.request(path, {
    method: 'PATCH',
    query: { fieldManager: 'versprei', force: true },
    // JSON is YAML; this content type is what makes a patch a server-side apply.
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration',
      metadata: { name: configurationName }, webhooks: [entry],
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
