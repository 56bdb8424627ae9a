import { isDeepStrictEqual } from 'node:util'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { ClusterRequest, Connection } from '../cluster/connection.ts'
import { asMap } from '../placement/is-map.ts'
import { configurationName, entryName, type Reach } from './webhook-entry.ts'

/** Our entry in the MutatingWebhookConfiguration, as it was read. */
export interface Registered {
  /** Undefined where there is none. */
  readonly entry: Readonly<Record<string, unknown>> | undefined
  /** Among the entries. */
  readonly index: number
  readonly resourceVersion: unknown
}

/** Where our entry is kept. Each call throws a ClusterError for what the API server refuses: 404 when there is no configuration. */
export interface WebhookStore {
  readonly read: () => Promise<Registered>
  /** Writes the entry over what was read (409 when another has written since). Resolves with what is there then. */
  readonly apply: (entry: object, over: Registered) => Promise<Registered>
  /** Takes the entry out of what was read (409 or 422 when another has written since). Resolves with what is there then. */
  readonly remove: (over: Registered) => Promise<Registered>
}

export const configurationPath = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${configurationName}`

/** Our entry in a MutatingWebhookConfiguration; anything else has none. */
export function parseRegistered(object: unknown): Registered {
  const configuration = asMap(object)
  const webhooks: readonly unknown[] = Array.isArray(configuration['webhooks']) ? configuration['webhooks'] : []
  const index = webhooks.findIndex(entry => asMap(entry)['name'] === entryName)
  return {
    entry: index === -1 ? undefined : asMap(webhooks[index]), index, resourceVersion: asMap(configuration['metadata'])['resourceVersion'],
  }
}

export function createWebhookStore(connection: Pick<Connection, 'request'>): WebhookStore {
  const ask = async (request: ClusterRequest): Promise<Registered> =>
    parseRegistered(await (await connection.request(configurationPath, request)).json())
  return {
    read: () => ask({}),
    apply: (entry, { resourceVersion }) => ask({
      method: 'PATCH',
      query: { fieldManager: 'versprei', force: true },
      // JSON is YAML; this content type is what makes a patch a server-side apply.
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: {
        apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration',
        // Without it a patch would make a configuration that was deleted anew, where that is allowed.
        metadata: { name: configurationName, ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}) }, webhooks: [entry],
      },
    }),
    // Server-side apply leaves what another has applied too: an injector's caBundle would be an entry that the API server refuses.
    remove: ({ index, resourceVersion }) => ask({
      method: 'PATCH',
      query: { fieldManager: 'versprei' },
      headers: { 'content-type': 'application/json-patch+json' },
      body: [
        { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
        { op: 'test', path: `/webhooks/${index}/name`, value: entryName },
        { op: 'remove', path: `/webhooks/${index}` },
      ],
    }),
  }
}

const tries = 5

/**
 * Takes our entry back, so that the API server calls nobody from a moment later on. An entry that has the API server call elsewhere is
 * another's, and stays. Resolves whether there was one of ours. Throws a ClusterError when it cannot be taken back.
 */
export async function withdraw(store: WebhookStore, reach: Reach): Promise<boolean> {
  for (let left = tries; ; left -= 1) {
    try {
      const there = await store.read()
      if (there.entry === undefined || !isReachedBy(there.entry, reach)) return false
      await store.remove(there)
      return true
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error
      if (error.status === 404) return false
      if (left === 1 || (error.status !== 409 && error.status !== 422)) throw error
    }
  }
}

function isReachedBy(entry: Readonly<Record<string, unknown>>, reach: Reach): boolean {
  const { url, service } = asMap(entry['clientConfig'])
  if ('url' in reach) return url === reach.url
  const { namespace, name } = asMap(service)
  return isDeepStrictEqual({ namespace, name }, { ...reach.service })
}
