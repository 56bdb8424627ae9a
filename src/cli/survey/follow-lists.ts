import { pause, type Clock } from '../../cluster/clock.ts'
import type { Connection } from '../../cluster/connection.ts'
import { parseKey, type ObjectKey } from '../../cluster/object-key.ts'
import { createReflector, type Reflector } from '../../cluster/reflector.ts'
import { pathOf, whyNothing, type Ask, type ListOptions } from './lists.ts'

export interface FollowOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly signal: AbortSignal
  /** Told as objects come in: of which resource, and how many more. */
  readonly onRead?: (resource: string, objects: number) => void
}

/** The same lists again and again, kept up to date by watches. */
export interface FollowedLists {
  /** The first time it waits for the list; from then on it has what is known. */
  readonly ask: Ask
  /** Grows with whatever comes in. */
  readonly version: () => number
  /** Why what is known may be old: a watch that is broken at the moment. What may not be read is no fault. */
  readonly fault: () => Error | undefined
  readonly stop: () => Promise<void>
}

interface Kept<T> {
  readonly items: ReadonlyMap<string, T>
  readonly reflector: Reflector
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** Milliseconds from one look at whether a list is refused to the next; one that came is seen at once. */
const lookEvery = 100

/** An API server's lists, each followed from when it is asked for first. */
export function followLists(options: FollowOptions): FollowedLists {
  const { clock, signal } = options
  const all = new Map<string, Kept<unknown>>()
  let version = 0
  const onChange = (): void => { version += 1 }
  const keptAs = <T>(path: string, plural: string, list: ListOptions<T>): Kept<T> => {
    const name = `${path} ${list.labelSelector ?? ''} ${list.metadataOnly === true ? 'metadata' : ''}`
    const known = all.get(name)
    if (known !== undefined && isKeptBy(known, list)) return known
    const kept = follow(path, plural, list, options, onChange)
    all.set(name, kept)
    return kept
  }
  return {
    async ask(resource, namespace, list) {
      const { items, reflector } = keptAs(pathOf(resource, namespace), resource.plural, list)
      for (;;) {
        const { synced, lastError } = reflector.status()
        if (synced) return [...items.values()]
        const nothing = whyNothing(lastError)
        if (nothing !== undefined) return nothing
        if (lastError !== undefined) throw lastError
        await Promise.race([reflector.synced, pause(clock, lookEvery, signal)])
        signal.throwIfAborted()
      }
    },
    version: () => version,
    fault: () => [...all.values()].map(({ reflector }) => reflector.status())
      .find(({ synced, lastError }) => lastError !== undefined && (synced || whyNothing(lastError) === undefined))?.lastError,
    async stop() {
      await Promise.all([...all.values()].map(({ reflector }) => reflector.stop()))
    },
  }
}

/** What is at one path, chosen alike, is kept alike each time: that is how it was found. */
function isKeptBy<T>(_kept: Kept<unknown>, _list: ListOptions<T>): _kept is Kept<T> {
  return true
}

const nameOf = ({ namespace, name, uid }: ObjectKey): string => `${namespace}/${name}/${uid}`

function follow<T>(
  path: string, plural: string, { keep, labelSelector, metadataOnly = false }: ListOptions<T>,
  { connection, clock, random, onRead }: FollowOptions, onChange: () => void,
): Kept<T> {
  const items = new Map<string, T>()
  const reflector = createReflector<readonly [string, T]>({
    connection, path, clock, random, metadataOnly, log: silent,
    query: labelSelector === undefined ? {} : { labelSelector },
    parse(object) {
      onRead?.(plural, 1)
      const [key, item] = [parseKey(object)?.key, keep(object)]
      return key === undefined || item === undefined ? undefined : [nameOf(key), item]
    },
    consumer: {
      replace(entries) {
        items.clear()
        for (const [name, item] of entries) items.set(name, item)
        onChange()
      },
      apply([name, item]) {
        items.set(name, item)
        onChange()
      },
      remove(key) {
        items.delete(nameOf(key))
        onChange()
      },
    },
  })
  reflector.start()
  return { items, reflector }
}
