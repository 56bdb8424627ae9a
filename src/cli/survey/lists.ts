import type { Clock } from '../../cluster/clock.ts'
import { ClusterError } from '../../cluster/cluster-error.ts'
import type { Connection } from '../../cluster/connection.ts'
import { listAll } from '../../cluster/list.ts'
import { acceptMetadata } from '../../cluster/partial-metadata.ts'
import { field, textField } from '../../cluster/json-field.ts'
import { atMost } from './at-most.ts'
import type { Refusals } from './refusals.ts'

export interface Reading {
  readonly connection: Pick<Connection, 'request'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told as objects come in: of which resource, and how many more. */
  readonly onRead?: (resource: string, objects: number) => void
}

/** A resource of the API, as RBAC names it. */
export interface ListedResource {
  readonly group: string
  readonly version: string
  readonly plural: string
}

export interface ListOptions<T> {
  /** What is kept of an object; called page by page, so that never more than one page lies in memory whole. */
  readonly keep: (object: unknown) => T | undefined
  readonly labelSelector?: string | undefined
  /** Whether metadata is all that `keep` reads. */
  readonly metadataOnly?: boolean
}

export interface Listed<T> {
  readonly items: readonly T[]
  /** Where it was refused. */
  readonly refusedIn: 'nowhere' | 'everywhere' | readonly string[]
  /** Whether the API server does not know the resource. */
  readonly isAbsent: boolean
}

export interface Lists {
  /** In the namespaces that were asked for; in all that may be read. Throws a ClusterError for what is neither refused nor absent. */
  readonly namespaced: <T>(resource: ListedResource, options: ListOptions<T>) => Promise<Listed<T>>
  readonly ofCluster: <T>(resource: ListedResource, options: ListOptions<T>) => Promise<Listed<T>>
}

const pageSize = 500
/** Milliseconds for one page. */
const timeout = 30_000
/** Lists at a time, where each namespace is asked by itself. */
const atATime = 8

/** @param asked undefined: all namespaces */
export function createLists(reading: Reading, asked: readonly string[] | undefined, refusals: Refusals): Lists {
  let known: Promise<readonly string[] | undefined> | undefined
  const inEach = async <T>(resource: ListedResource, options: ListOptions<T>, namespaces: readonly string[]): Promise<Listed<T>> => {
    const answers = await atMost(atATime, namespaces, namespace => ask(reading, resource, namespace, options))
    const refusedIn = namespaces.filter((_, index) => answers[index] === 'refused')
    for (const namespace of refusedIn) refusals.refuse(nameOf(resource), namespace)
    const items = answers.flatMap(answer => (typeof answer === 'string' ? [] : answer))
    return { items, refusedIn: refusedIn.length === 0 ? 'nowhere' : refusedIn, isAbsent: answers.includes('absent') }
  }
  return {
    async namespaced(resource, options) {
      if (asked !== undefined) return inEach(resource, options, asked)
      const answer = await ask(reading, resource, undefined, options)
      if (answer !== 'refused') return whole(answer)
      known ??= listNamespaces(reading)
      const namespaces = await known
      if (namespaces !== undefined) return inEach(resource, options, namespaces)
      refusals.refuse(nameOf(resource), undefined)
      return { items: [], refusedIn: 'everywhere', isAbsent: false }
    },
    async ofCluster(resource, options) {
      const answer = await ask(reading, resource, undefined, options)
      return answer === 'refused' ? { items: [], refusedIn: 'everywhere', isAbsent: false } : whole(answer)
    },
  }
}

function whole<T>(answer: readonly T[] | 'absent'): Listed<T> {
  return { items: answer === 'absent' ? [] : answer, refusedIn: 'nowhere', isAbsent: answer === 'absent' }
}

async function ask<T>(
  { connection, clock, signal, onRead }: Reading, resource: ListedResource, namespace: string | undefined, options: ListOptions<T>,
): Promise<readonly T[] | 'refused' | 'absent'> {
  const { keep, labelSelector, metadataOnly = false } = options
  try {
    const { items } = await listAll({
      connection, clock, signal, pageSize, timeout,
      path: pathOf(resource, namespace),
      query: labelSelector === undefined ? {} : { labelSelector },
      accept: metadataOnly ? acceptMetadata('PartialObjectMetadataList') : 'application/json',
      keep(object) {
        onRead?.(resource.plural, 1)
        return keep(object)
      },
    })
    return items
  } catch (error) {
    const status = error instanceof ClusterError ? error.status : undefined
    if (status === 403) return 'refused'
    if (status === 404) return 'absent'
    throw error
  }
}

/** Undefined where they may not be listed. */
async function listNamespaces(reading: Reading): Promise<readonly string[] | undefined> {
  const answer = await ask(reading, { group: '', version: 'v1', plural: 'namespaces' }, undefined, {
    metadataOnly: true, keep: object => textField(field(object, 'metadata'), 'name'),
  })
  return typeof answer === 'string' ? undefined : answer
}

function pathOf({ group, version, plural }: ListedResource, namespace: string | undefined): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return `${base}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`
}

/** As RBAC and kubectl name it: `deployments.apps`. */
export function nameOf({ group, plural }: ListedResource): string {
  return group === '' ? plural : `${plural}.${group}`
}
