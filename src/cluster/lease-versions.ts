import { isMap } from '../placement/is-map.ts'
import { field, textField } from './json-field.ts'
import { followersKey, versionKey, type LeaseNotes } from './lease.ts'

/** A replica as the Lease tells of it. */
export interface Replica {
  readonly identity: string
  /** Undefined: it did not say. */
  readonly version: string | undefined
}

/** The replicas of which the Lease tells. */
export interface Replicas {
  /** Undefined: nobody holds it. */
  readonly leader: Replica | undefined
  readonly followers: readonly Replica[]
  /** When the holder last renewed it, milliseconds since 1970 by its own clock; undefined where the Lease does not say. */
  readonly renewed: number | undefined
}

/** What a leader of this version writes into the Lease for people to read; the version of a follower that does not say it is empty. */
export function versionNotes(
  version: string, followers: readonly { readonly identity: string, readonly version?: string }[],
): LeaseNotes {
  const sorted = followers.toSorted((a, b) => (a.identity < b.identity ? -1 : 1))
  return {
    [versionKey]: version,
    [followersKey]: JSON.stringify(Object.fromEntries(sorted.map(follower => [follower.identity, follower.version ?? '']))),
  }
}

/** Reads what the holder of a Lease wrote by `versionNotes`; what is not as it should be counts as not said. */
export function parseReplicas(lease: unknown): Replicas {
  const annotations = field(field(lease, 'metadata'), 'annotations')
  const identity = textField(field(lease, 'spec'), 'holderIdentity')
  const renewed = Date.parse(textField(field(lease, 'spec'), 'renewTime') ?? '')
  return {
    leader: identity === undefined ? undefined : { identity, version: textField(annotations, versionKey) },
    followers: parseFollowers(textField(annotations, followersKey) ?? ''),
    renewed: Number.isNaN(renewed) ? undefined : renewed,
  }
}

function parseFollowers(text: string): readonly Replica[] {
  try {
    const versions: unknown = JSON.parse(text)
    return Object.keys(isMap(versions) ? versions : {}).map(identity => ({ identity, version: textField(versions, identity) }))
  } catch {
    return []
  }
}
