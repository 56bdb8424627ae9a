import { systemClock } from '../../cluster/clock.ts'
import type { Connection } from '../../cluster/connection.ts'
import { asMap, mapsIn } from '../../placement/is-map.ts'
import { readNode, type Node } from '../../placement/nodes/nodes.ts'
import { readSeenDistributor, type SeenDistributor } from '../../survey/explain/seen-distributor.ts'
import { readRegistration, type Registration } from '../../survey/explain/stray-cause.ts'
import { readMetadata } from '../../survey/read-metadata.ts'
import { calledBy, namespaceOf } from '../called.ts'
import { askFor, type Asked } from '../check/asked.ts'
import { entryIn } from '../check/registration.ts'
import type { Right } from '../check/right.ts'
import { clusterReads } from '../check/rights.ts'
import { askOnce, createLists, type ListedResource, type ListOptions } from '../survey/lists.ts'
import { podDistributors } from '../survey/read-distributors.ts'
import { createRefusals } from '../survey/refusals.ts'

/** Reads what an explanation rests on, and no more. Rights that lack are told in `missing`; throws an Error for every other failure. */
export interface Reader {
  /** An object; undefined where it is not there, or may not be read. */
  readonly get: (right: Right) => Promise<Readonly<Record<string, unknown>> | undefined>
  /** The same, for who has to know which of the two. */
  readonly ask: (right: Right) => Promise<Asked>
  /** Those of the namespace; undefined where they may not be read. */
  readonly list: <T>(resource: ListedResource, options: ListOptions<T>) => Promise<readonly T[] | undefined>
  /** The same. */
  readonly distributors: () => Promise<readonly SeenDistributor[] | undefined>
  /** None where they may not be read. */
  readonly nodes: () => Promise<readonly Node[]>
  /** Whether Versprei is called for the namespace's pods, and where it runs itself. */
  readonly registration: () => Promise<Registered>
  /** The latest FailedScheduling event of the pod of this uid. */
  readonly failedScheduling: (uid: string) => Promise<{ readonly message: string, readonly at: string } | undefined>
  /** Notes something else that could not be told. */
  readonly miss: (line: string) => void
  readonly missing: () => readonly string[]
}

export interface Registered {
  readonly registration: Registration
  readonly ownNamespace: string | undefined
}

const nodesResource: ListedResource = { group: '', version: 'v1', plural: 'nodes' }

export function createReader(connection: Pick<Connection, 'request'>, namespace: string): Reader {
  const refusals = createRefusals()
  const lists = createLists(askOnce({ connection, clock: systemClock, signal: new AbortController().signal }), [namespace], refusals)
  const ask = async (right: Right, query: Readonly<Record<string, string>> = {}): Promise<Asked> => {
    const asked = await askFor(connection, right, { query })
    if (asked.kind === 'failed') throw new Error(asked.message)
    return asked
  }
  const get = async (right: Right, query?: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const asked = await ask(right, query)
    if (asked.kind === 'forbidden') refusals.tell(`${right.resource}: you may not ${asked.right}`)
    return asked.kind === 'found' ? asked.value : undefined
  }
  return {
    ask, get,
    async list(resource, options) {
      const { items, refusedIn } = await lists.namespaced(resource, options)
      return refusedIn === 'nowhere' ? items : undefined
    },
    async distributors() {
      const { items, refusedIn, isAbsent } = await lists.namespaced(podDistributors, { keep: readSeenDistributor })
      if (isAbsent) refusals.tell('poddistributors: this cluster does not have them: Versprei is not installed')
      return refusedIn === 'nowhere' ? items : undefined
    },
    async nodes() {
      const { items, refusedIn } = await lists.ofCluster(nodesResource, { keep: readNode, metadataOnly: true })
      if (refusedIn !== 'nowhere') refusals.tell('nodes: you may not list them; which group a node is of is not known')
      return items
    },
    async registration() {
      const asked = await ask(clusterReads.registration)
      if (asked.kind === 'forbidden') return { registration: { kind: 'unknown' }, ownNamespace: undefined }
      const entry = entryIn(asked)
      const labels = entry === undefined ? undefined : readMetadata(await labelsOf(ask, namespace))?.labels
      return { registration: readRegistration(entry, labels), ownNamespace: namespaceOf(calledBy(entry)) }
    },
    async failedScheduling(uid) {
      const right: Right = { verb: 'list', group: '', resource: 'events', namespace }
      return latestOf(await get(right, { fieldSelector: `involvedObject.uid=${uid},reason=FailedScheduling`, limit: '500' }))
    },
    miss: refusals.tell,
    missing: refusals.lines,
  }
}

/** Who may not read a namespace is not told so: that its pods are not selected is seldom why. */
async function labelsOf(ask: Reader['ask'], namespace: string): Promise<unknown> {
  const asked = await ask({ verb: 'get', group: '', resource: 'namespaces', name: namespace })
  return asked.kind === 'found' ? asked.value : undefined
}

/** Of events as core/v1 has them: one that was repeated has a later time than it was made. */
function latestOf(list: unknown): { readonly message: string, readonly at: string } | undefined {
  const { items } = asMap(list)
  const events = mapsIn(items).map(({ message, lastTimestamp, eventTime, series, metadata }) => {
    const times: readonly unknown[] = [asMap(series)['lastObservedTime'], lastTimestamp, eventTime, asMap(metadata)['creationTimestamp']]
    return { message: String(message), at: times.find(time => typeof time === 'string') ?? '' }
  })
  return events.toSorted((a, b) => (a.at > b.at ? -1 : 1))[0]
}
