import { isMap } from '../placement/is-map.ts'
import { ClusterError, ownReasons } from './cluster-error.ts'
import { field, textField } from './json-field.ts'

/** The annotation of the Lease by which the others learn where its holder is reached. */
export const peerUrlKey = 'versprei.io/peer-url'

/** The annotation by which people learn which version leads. */
export const versionKey = 'versprei.io/version'

/** The annotation by which people learn who follows, and in which version: JSON, versions by identity. */
export const followersKey = 'versprei.io/followers'

/** What a holder writes beside the spec, by annotation; what it does not write now is taken away. */
export type LeaseNotes = Readonly<Partial<Record<typeof peerUrlKey | typeof versionKey | typeof followersKey, string>>>

/** Milliseconds for which a holder's last sign of life counts: client-go's LeaseDuration. */
export const leaseDuration = 15_000

/** One of the replicas. */
export interface Leader {
  readonly identity: string
  /** Where its peers reach it: https://HOST:PORT, IPv6 in brackets. */
  readonly url: string | undefined
}

/** What a Lease says. */
export interface LeaseRecord {
  /** All of it, as the API server sent it: what is not ours stays when we write. */
  readonly object: Readonly<Record<string, unknown>>
  /** Empty: released. Undefined: the Lease does not say. */
  readonly holder: string | undefined
  readonly url: string | undefined
  /** Milliseconds. */
  readonly duration: number
  /** Another text whenever the holder wrote; the same when only labels, annotations and the like changed. */
  readonly mark: string
}

/** The origin of a bare https address; undefined for everything else (a user, a path, a query …), since reviews are sent there. */
export function parsePeerUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^https:\/\/(\[[\da-f:.]+\]|[\w.-]+)(:\d+)?$/i.test(text)) return undefined
  return URL.parse(text)?.origin
}

/** Throws a ClusterError for what is no object of the API: without a resourceVersion it could be overwritten unseen. */
export function parseLease(object: unknown): LeaseRecord {
  const metadata = field(object, 'metadata')
  if (!isMap(object) || textField(metadata, 'resourceVersion') === undefined) {
    throw new ClusterError('the answer is not a Lease: it has no metadata.resourceVersion', { reason: ownReasons.malformed })
  }
  const spec = field(object, 'spec')
  const holder = field(spec, 'holderIdentity')
  const seconds = field(spec, 'leaseDurationSeconds')
  return {
    object,
    holder: typeof holder === 'string' ? holder : undefined,
    url: parsePeerUrl(field(field(metadata, 'annotations'), peerUrlKey)),
    duration: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : leaseDuration,
    mark: JSON.stringify([field(metadata, 'uid'), spec ?? field(metadata, 'resourceVersion')]),
  }
}

/** The API's MicroTime wants six decimals. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}

/** Where a Lease is: metadata.namespace and metadata.name. */
export interface LeaseName { readonly namespace: string, readonly name: string }

function changed(record: LeaseRecord | undefined, named: LeaseName | undefined, notes: LeaseNotes, spec: object): object {
  const { metadata, spec: old } = record?.object ?? {}
  const { [peerUrlKey]: _, [versionKey]: __, [followersKey]: ___, ...annotations } = mapOf(field(metadata, 'annotations'))
  return {
    ...record?.object,
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...named, ...mapOf(metadata), annotations: { ...annotations, ...notes } },
    spec: { ...mapOf(old), ...spec },
  }
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {}
}

function transitionsOf(record: LeaseRecord | undefined): number {
  const count = field(record?.object['spec'], 'leaseTransitions')
  return typeof count === 'number' ? count : 0
}

/**
 * The Lease as its holder writes it, over `record` (undefined: there is none): a renewal keeps the time it was acquired, and a change of
 * holder is counted, as client-go does. `now`: milliseconds since 1970.
 */
export function claimed(
  record: LeaseRecord | undefined, named: LeaseName, candidate: Leader, now: number, notes: LeaseNotes = {},
): object {
  const time = microTime(now)
  const spec = record?.object['spec']
  const isRenewal = record?.holder === candidate.identity
  return changed(record, named, { ...(candidate.url !== undefined && { [peerUrlKey]: candidate.url }), ...notes }, {
    holderIdentity: candidate.identity,
    leaseDurationSeconds: leaseDuration / 1000,
    acquireTime: isRenewal ? textField(spec, 'acquireTime') ?? time : time,
    renewTime: time,
    leaseTransitions: transitionsOf(record) + (isRenewal || record === undefined ? 0 : 1),
  })
}

/** The Lease given back, as client-go's ReleaseOnCancel does: anyone may take it at once. */
export function released(record: LeaseRecord, now: number): object {
  const time = microTime(now)
  return changed(record, undefined, {}, {
    holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time, leaseTransitions: transitionsOf(record),
  })
}
