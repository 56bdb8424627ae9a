import type { Knowledge } from '../placement/knowledge.ts'
import type { Listed } from '../placement/distributor/listed.ts'
import type { DistributorKey } from '../placement/seats/by-distributor.ts'
import { createRivals, type Rivals } from '../placement/status/rivals.ts'
import type { Watched } from './group-watch.ts'

/** What is remembered of one distributor between two statuses. */
export interface Entry extends Watched {
  readonly key: string
  listed: Listed
  /** The status that the API server has, as `canonicalStatus` writes it. */
  written: string
  /** Its resourceVersion, if that is known. */
  version: string | undefined
  /** Not tried before, milliseconds since 1970; and how often it failed in a row. */
  notBefore: number
  failures: number
}

/** A status that the API server has. */
export type Found = Pick<Entry, 'written' | 'version'>

export interface Entries {
  /** Those whose status may have changed, in the order of their turn. */
  readonly due: Set<Entry>
  readonly rivals: Pick<Rivals, 'of'>
  /** Follows what distributors there are. Returns those that are gone. `breath` lets others have their turn. */
  readonly follow: (breath: () => Promise<void>) => Promise<readonly Entry[]>
  readonly touch: (keys: Iterable<DistributorKey>) => void
  readonly get: (key: string) => Entry | undefined
  readonly all: () => Iterable<Entry>
}

/** @param found by uid, the statuses that there are already; each is taken out once it is known whose it is */
export function createEntries(distributors: Pick<Knowledge['distributors'], 'all' | 'get'>, found: Map<string, Found>): Entries {
  const entries = new Map<string, Entry>()
  /** Those that are followed, as they are listed: one that is another object has changed. */
  const followed = new Set<Listed>()
  const due = new Set<Entry>()
  const rivals = createRivals()
  const touch = ({ namespace, name }: DistributorKey): void => {
    const entry = entries.get(`${namespace}/${name}`)
    if (entry !== undefined) due.add(entry)
  }
  const see = (listed: Listed): void => {
    const key = `${listed.namespace}/${listed.name}`
    const known = entries.get(key)
    rivals.put(known?.listed, listed)
    if (known !== undefined) followed.delete(known.listed)
    followed.add(listed)
    const entry = known ?? { key, listed, ...takeStatus(listed, found), groups: undefined, notBefore: 0, failures: 0 }
    // Another object under the same name has no status yet; one that has changed has another resourceVersion.
    if (entry.listed.uid !== listed.uid) Object.assign(entry, takeStatus(listed, found))
    if (known !== undefined) Object.assign(entry, { listed, version: undefined, groups: undefined, notBefore: 0, failures: 0 })
    entries.set(key, entry)
    due.add(entry)
  }
  const leave = (entry: Entry): void => {
    rivals.put(entry.listed, undefined)
    followed.delete(entry.listed)
    entries.delete(entry.key)
    due.delete(entry)
  }
  return {
    due,
    rivals,
    get: key => entries.get(key),
    all: () => entries.values(),
    async follow(breath) {
      const there = new Set<Listed>()
      for (const listed of distributors.all()) {
        there.add(listed)
        if (followed.has(listed)) continue
        see(listed)
        await breath()
      }
      const gone = there.size === entries.size ? [] : [...entries.values()].filter(({ listed }) => !there.has(listed))
      for (const entry of gone) leave(entry)
      for (const one of rivals.takeChanged()) touch(one)
      return gone
    },
    touch: keys => {
      for (const key of keys) touch(key)
    },
  }
}

function takeStatus({ uid }: Listed, found: Map<string, Found>): Found {
  const status = found.get(uid) ?? { written: '{}', version: undefined }
  found.delete(uid)
  return status
}
