import { asMap, mapsIn } from '../placement/is-map.ts'
import type { Owner } from '../placement/pod.ts'

/** What every object has. */
export interface Metadata {
  /** Empty for what is in no namespace. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Its controlling owner. */
  readonly owner: Owner | undefined
  readonly isLeaving: boolean
}

/** Undefined for what has no name or no uid. */
export function readMetadata(object: unknown): Metadata | undefined {
  const { namespace, name, uid, labels, annotations, ownerReferences, deletionTimestamp } = asMap(asMap(object)['metadata'])
  if (typeof name !== 'string' || typeof uid !== 'string') return undefined
  return {
    namespace: typeof namespace === 'string' ? namespace : '', name, uid,
    labels: textsOf(labels), annotations: textsOf(annotations),
    owner: readOwner(ownerReferences),
    isLeaving: typeof deletionTimestamp === 'string',
  }
}

function readOwner(references: unknown): Owner | undefined {
  const { apiVersion, kind, name, uid } = mapsIn(references).find(({ controller }) => controller === true) ?? {}
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string' || typeof uid !== 'string') return undefined
  return { group: apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/'))), kind, name, uid }
}

function textsOf(map: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(asMap(map)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** A condition of an object's status; undefined without one. */
export function readCondition(object: unknown, type: string): Readonly<Record<string, unknown>> | undefined {
  const conditions = asMap(asMap(object)['status'])['conditions']
  return mapsIn(conditions).find(condition => condition['type'] === type)
}
