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

/** What there is of a resource, in one namespace or in all of them; or why nothing. Throws a ClusterError for every other failure. */
export type Ask = <T>(
  resource: ListedResource, namespace: string | undefined, options: ListOptions<T>,
) => Promise<readonly T[] | 'refused' | 'absent'>

const pageSize = 500
/** Milliseconds for one page. */
const timeout = 30_000
/** Lists at a time, where each namespace is asked by itself. */
const atATime = 8

/** @param asked undefined: all namespaces */
export function createLists(ask: Ask, asked: readonly string[] | undefined, refusals: Refusals): Lists {
  let known: Promise<readonly string[] | undefined> | undefined
  const inEach = async <T>(resource: ListedResource, options: ListOptions<T>, namespaces: readonly string[]): Promise<Listed<T>> => {
    const answers = await atMost(atATime, namespaces, namespace => ask(resource, namespace, options))
    const refusedIn = namespaces.filter((_, index) => answers[index] === 'refused')
    for (const namespace of refusedIn) refusals.refuse(nameOf(resource), namespace)
    const items = answers.flatMap(answer => (typeof answer === 'string' ? [] : answer))
    return { items, refusedIn: refusedIn.length === 0 ? 'nowhere' : refusedIn, isAbsent: answers.includes('absent') }
  }
  return {
    async namespaced(resource, options) {
      if (asked !== undefined) return inEach(resource, options, asked)
      const answer = await ask(resource, undefined, options)
      if (answer !== 'refused') return whole(answer)
      known ??= listNamespaces(ask)
      const namespaces = await known
      if (namespaces !== undefined) return inEach(resource, options, namespaces)
      refusals.refuse(nameOf(resource), undefined)
      return { items: [], refusedIn: 'everywhere', isAbsent: false }
    },
    async ofCluster(resource, options) {
      const answer = await ask(resource, undefined, options)
      return answer === 'refused' ? { items: [], refusedIn: 'everywhere', isAbsent: false } : whole(answer)
    },
  }
}

function whole<T>(answer: readonly T[] | 'absent'): Listed<T> {
  return { items: answer === 'absent' ? [] : answer, refusedIn: 'nowhere', isAbsent: answer === 'absent' }
}

/** Lists each time it is asked. */
export function askOnce({ connection, clock, signal, onRead }: Reading): Ask {
  return async (resource, namespace, { keep, labelSelector, metadataOnly = false }) => {
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
      const nothing = whyNothing(error)
      if (nothing !== undefined) return nothing
      throw error
    }
  }
}

/** Whether this is the API server's word for that something may not be read, or is not there. */
export function whyNothing(error: unknown): 'refused' | 'absent' | undefined {
  const status = error instanceof ClusterError ? error.status : undefined
  return status === 403 ? 'refused' : status === 404 ? 'absent' : undefined
}

/** Undefined where they may not be listed. */
async function listNamespaces(ask: Ask): Promise<readonly string[] | undefined> {
  const answer = await ask({ group: '', version: 'v1', plural: 'namespaces' }, undefined, {
    metadataOnly: true, keep: object => textField(field(object, 'metadata'), 'name'),
  })
  return typeof answer === 'string' ? undefined : answer
}

export function pathOf({ group, version, plural }: ListedResource, namespace: string | undefined): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return `${base}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`
}

/** As RBAC and kubectl name it: `deployments.apps`. */
export function nameOf({ group, plural }: ListedResource): string {
  return group === '' ? plural : `${plural}.${group}`
}
