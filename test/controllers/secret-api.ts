import { ClusterError } from '../../src/cluster/cluster-error.ts'
import type { Connection } from '../../src/cluster/connection.ts'

export interface Secret {
  readonly metadata: { readonly name: string, readonly resourceVersion?: string, readonly labels?: Readonly<Record<string, string>> }
  readonly type?: string
  readonly data?: Readonly<Record<string, string>>
}

/** The Secrets of one namespace, in memory, with their preconditions. */
export interface SecretApi {
  readonly connection: Pick<Connection, 'request'>
  readonly get: (name: string) => Secret | undefined
  /** As someone else would. */
  readonly put: (secret: Secret) => void
  readonly remove: (name: string) => void
  /** Methods of the requests so far; taking them empties it. */
  readonly taken: () => readonly string[]
  /** Called before the next write is looked at, once. */
  before: (() => void) | undefined
  /** Refuses everything with it. */
  status: number | undefined
}

const all = '/api/v1/namespaces/versprei-system/secrets'

export function createSecretApi(): SecretApi {
  const secrets = new Map<string, Secret>()
  let [version, asked]: [number, string[]] = [0, []]
  const put = (secret: Secret): Secret => {
    version += 1
    const stored = { ...secret, metadata: { ...secret.metadata, resourceVersion: `${version}` } }
    secrets.set(secret.metadata.name, stored)
    return stored
  }
  const refuse = (status: number): never => { throw new ClusterError(`no: ${status}`, { reason: 'Refused', status }) }
  const answer = (method: string, path: string, body: Secret): Secret => {
    if (api.status !== undefined) return refuse(api.status)
    const name = path === all ? body.metadata.name : path.slice(all.length + 1)
    const there = secrets.get(name)
    if (method === 'GET') return there ?? refuse(404)
    if (method === 'POST') return there === undefined ? put(body) : refuse(409)
    if (there === undefined) return refuse(404)
    return there.metadata.resourceVersion === body.metadata.resourceVersion ? put(body) : refuse(409)
  }
  const api: SecretApi = {
    before: undefined, status: undefined,
    get: name => secrets.get(name),
    put: secret => void put(secret),
    remove: name => void secrets.delete(name),
    taken: () => asked.splice(0),
    connection: {
      async request(path, { method = 'GET', body } = {}) {
        asked.push(method)
        if (method !== 'GET') {
          const { before } = api
          api.before = undefined
          before?.()
        }
        const found = structuredClone(answer(method, path, JSON.parse(JSON.stringify(body ?? null))))
        return { status: 200, body: (async function * () {})(), json: () => Promise.resolve(found), text: () => Promise.resolve(JSON.stringify(found)) }
      },
    },
  }
  return api
}
