import { isMap } from '../placement/is-map.ts'

/** A replica: the holder of the Lease or one that might be. */
export interface Peer {
  readonly identity: string
  /** `https://host:port`, where other replicas reach it. */
  readonly url: string
}

/** Who holds the Lease, and where it is reached if that is known. */
export interface Leader {
  readonly identity: string
  readonly url: string | undefined
}

/** What a replica answers that was taken for the leader and is not: whom it takes for it. */
export interface NotLeader {
  readonly leader: Leader | undefined
}

/** What a replica says of itself. */
export interface Hello extends Peer {
  /** Whether it could lead at once. */
  readonly ready: boolean
  /** Undefined: it does not say. */
  readonly version?: string
  /** Fingerprints of the certificates that it serves, shows and trusts; undefined: it does not say. */
  readonly holds?: readonly string[]
}

/** A value that was read, or what is wrong with what was sent. */
export type Read<Value> = { readonly value: Value } | { readonly wrong: string }

/** As certificates, and as Node takes them: PEM, with the authority that all peers share. */
export interface PeerTls {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

/** A Lease's holder has a pod's name (253 characters at most) and a UUID in it. */
const longestIdentity = 300
const longestUrl = 300
const nothingButHost = /^https:\/\/[^/\\?#@\s]+\/?$/u

function readUrl(value: unknown): Read<string> {
  const wrong = { wrong: `url must be https://HOST:PORT, without user, path or query, at most ${longestUrl} characters` }
  if (typeof value !== 'string' || value.length > longestUrl || !nothingButHost.test(value) || !URL.canParse(value)) return wrong
  return { value: new URL(value).origin }
}

function readIdentity(value: unknown): Read<string> {
  if (typeof value === 'string' && value !== '' && value.length <= longestIdentity && !/\p{Cc}/u.test(value)) return { value }
  return { wrong: `identity must be 1 to ${longestIdentity} characters, none of them a control character` }
}

/** Its version is told to people only: one that is none is as good as not said. */
function readVersion(value: unknown): { readonly version?: string } {
  return typeof value === 'string' && /^[\w.+-]{1,64}$/u.test(value) ? { version: value } : {}
}

/** Reads `{identity, url}`. */
export function readPeer(body: unknown): Read<Peer> {
  if (!isMap(body)) return { wrong: 'the body must be a JSON object' }
  const identity = readIdentity(body['identity'])
  if ('wrong' in identity) return identity
  const url = readUrl(body['url'])
  return 'wrong' in url ? url : { value: { identity: identity.value, url: url.value } }
}

/** A few authorities, and two certificates. */
const mostHeld = 64
const fingerprint = /^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/u

const isFingerprint = (value: unknown): value is string => typeof value === 'string' && fingerprint.test(value)

/** Reads `{identity, url, ready, version, holds}`; a replica of an earlier version says nothing of the last two. */
export function readHello(body: unknown): Read<Hello> {
  const peer = readPeer(body)
  if ('wrong' in peer) return peer
  const { ready, version, holds } = isMap(body) ? body : {}
  if (typeof ready !== 'boolean') return { wrong: 'ready must be true or false' }
  const hello = { ...peer.value, ready, ...readVersion(version) }
  if (holds === undefined) return { value: hello }
  if (Array.isArray(holds) && holds.length <= mostHeld && holds.every(isFingerprint)) return { value: { ...hello, holds } }
  return { wrong: `holds must be a list of at most ${mostHeld} SHA-256 fingerprints, in hexadecimal with colons` }
}

/** Reads `{reservations: [...]}`; what each of them holds is read by whoever takes them. */
export function readReservations(body: unknown): Read<readonly unknown[]> {
  const list: unknown = isMap(body) ? body['reservations'] : undefined
  return Array.isArray(list) ? { value: list } : { wrong: 'the body must be a JSON object with a list "reservations"' }
}

/** The replicas that the leader names in its answer to a hello; empty for anything else. */
export function peersIn(text: string): readonly Peer[] {
  try {
    const body: unknown = JSON.parse(text)
    const list: unknown = isMap(body) ? body['peers'] : undefined
    return Array.isArray(list) ? list.map(readPeer).flatMap(read => ('value' in read ? [read.value] : [])) : []
  } catch {
    return []
  }
}

/** The leader that the text of a {@link NotLeader} names, when it can be reached; undefined for anything else. */
export function leaderIn(text: string): Peer | undefined {
  try {
    const body: unknown = JSON.parse(text)
    const peer = readPeer(isMap(body) ? body['leader'] : undefined)
    return 'value' in peer ? peer.value : undefined
  } catch {
    return undefined
  }
}
