import { networkError, statusError } from '../../src/cluster/cluster-error.ts'
import type { ClusterRequest, Connection } from '../../src/cluster/connection.ts'
import type { World } from './world.ts'

export interface Lease {
  readonly metadata: { readonly resourceVersion?: string, readonly uid?: string, readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: Readonly<Record<string, unknown>>
  readonly [other: string]: unknown
}

/** What happens to one request: milliseconds on the way there and back; whether it, or its answer, gets lost (then nobody answers). */
export interface Fate {
  readonly there?: number
  readonly back?: number
  readonly lost?: 'request' | 'answer'
  readonly status?: number
  /** The answer comes although it was given up. */
  readonly deaf?: boolean
}

/** The Lease API of one namespace, in memory, with its preconditions. */
export interface LeaseApi {
  readonly lease: () => Lease | undefined
  /** As someone else would: the resourceVersion changes, nothing else that is not said. */
  readonly edit: (change: (lease: Lease) => Lease) => void
  readonly remove: () => void
  /** `METHOD` of each request that arrived, and of those by whom. */
  readonly arrived: { readonly by: string, readonly method: string, readonly path: string }[]
  readonly connection: (by: string, fate?: (method: string) => Fate) => Pick<Connection, 'request'>
}

const all = '/apis/coordination.k8s.io/v1/namespaces/versprei-system/leases'
const reasons: Readonly<Record<number, string>> = { 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 500: 'InternalError' }

export const createLeaseApi = (world: World): LeaseApi => {
  let lease: Lease | undefined
  let version = 0
  const arrived: { by: string, method: string, path: string }[] = []
  const store = (body: Lease) => {
    version++
    lease = { ...body, metadata: { ...body.metadata, resourceVersion: String(version), uid: body.metadata.uid ?? `uid-${version}` } }
    return structuredClone(lease)
  }
  const refuse = (status: number): never => { throw statusError('the fake', { reason: reasons[status] ?? 'Unknown' }, { status }) }
  const answer = (method: string, path: string, body: unknown): Lease => {
    const sent = body as Lease
    if (method === 'POST') return path !== all || lease !== undefined ? refuse(409) : store(sent)
    if (lease === undefined || path !== `${all}/versprei`) return refuse(404)
    if (method === 'GET') return structuredClone(lease)
    return sent.metadata.resourceVersion === lease.metadata.resourceVersion ? store(sent) : refuse(409)
  }
  const travel = (ms: number, signal: AbortSignal | undefined) => new Promise<void>((resolve, reject) => {
    const abort = () => reject(networkError('aborted', signal?.reason))
    if (signal?.aborted === true) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    if (ms === Infinity) return undefined
    return ms === 0 ? resolve() : void world.after(ms, resolve)
  })
  const connection = (by: string, fate: (method: string) => Fate = () => ({})): Pick<Connection, 'request'> => ({
    request: async (path: string, { method = 'GET', body, signal }: ClusterRequest = {}) => {
      const { there = 0, back = 0, lost, status, deaf } = fate(method)
      const text = JSON.stringify(body ?? null)
      const given = Promise.withResolvers<Lease>()
      given.promise.catch(() => {})
      const arrive = () => {
        arrived.push({ by, method, path })
        try {
          given.resolve(status === undefined ? answer(method, path, JSON.parse(text)) : refuse(status))
        } catch (error) {
          given.reject(error)
        }
      }
      // What was sent arrives, whether or not the sender still waits.
      if (lost === 'request') await travel(Infinity, signal)
      else if (there === 0) arrive()
      else world.after(there, arrive)
      await travel(lost === 'answer' ? Infinity : there + back, deaf === true ? undefined : signal)
      const lease = await given.promise
      const json = () => Promise.resolve(lease as unknown)
      return { status: 200, body: (async function * () {})(), json, text: async () => JSON.stringify(await json()) }
    },
  })
  return {
    arrived, connection,
    lease: () => lease,
    edit: change => { if (lease !== undefined) store(change(lease)) },
    remove: () => { lease = undefined },
  }
}
