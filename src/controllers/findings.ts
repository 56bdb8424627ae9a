import type { DistributorKey } from '../placement/seats/by-distributor.ts'
import { createTouched } from '../placement/seats/touched.ts'
import { complaints, type Complained, type Complaint } from '../placement/status/reasons.ts'
import type { Strays } from '../placement/status/tally.ts'

export { complaints, type Complaint } from '../placement/status/reasons.ts'
export type { Strays } from '../placement/status/tally.ts'

/** What the leader's loops and decisions found out about distributors, beside what the watch shows. Each is told in their status. */
export interface Findings {
  /** Forgotten ten minutes after it was noted last. `detail`: one sentence for people. */
  readonly note: (key: DistributorKey, complaint: Complaint, detail: string) => void
  readonly setStrays: (key: DistributorKey, strays: Strays) => void
  /** The gravest first. */
  readonly complaintsOf: (key: DistributorKey) => readonly Complained[]
  readonly straysOf: (key: DistributorKey) => Strays
  readonly forget: (key: DistributorKey) => void
  /**
   * The distributors of which there is news since this was asked last, what was forgotten by time included. Undefined: there may be of any.
   */
  readonly takeTouched: () => readonly DistributorKey[] | undefined
}

/** Milliseconds: longer than it takes to notice that what was complained of is mended, and to try again. */
const memory = 600_000

const noStrays: Strays = { pods: 0, standing: new Map() }

interface Entry {
  readonly key: DistributorKey
  readonly complaints: Map<Complaint, { readonly detail: string, readonly at: number }>
  strays: Strays
}

/**
 * Entries from which on it is looked whether some are old: where nobody asks, on a replica that does not lead, nobody says which are gone.
 */
const many = 1000

/** @param now milliseconds */
export function createFindings(now: () => number): Findings {
  const entries = new Map<string, Entry>()
  const touched = createTouched()
  let lookedOverFrom = many
  const touch = ({ namespace, name }: DistributorKey): void => touched.touch(namespace, name)
  /** Forgets what is old, and entries in which nothing is left. */
  const lookOver = (): void => {
    for (const [text, { key, complaints: noted, strays }] of entries) {
      for (const [complaint, { at }] of noted) if (now() - at > memory && noted.delete(complaint)) touch(key)
      if (noted.size === 0 && strays.pods === 0) entries.delete(text)
    }
    lookedOverFrom = Math.max(many, 2 * entries.size)
  }
  const entryFor = (key: DistributorKey): Entry => {
    const known = entries.get(`${key.namespace}/${key.name}`)
    if (known !== undefined) return known
    const fresh: Entry = { key, complaints: new Map(), strays: noStrays }
    if (entries.size >= lookedOverFrom) lookOver()
    entries.set(`${key.namespace}/${key.name}`, fresh)
    return fresh
  }
  return {
    note(key, complaint, detail) {
      const entry = entryFor(key)
      if (entry.complaints.get(complaint)?.detail !== detail) touch(key)
      entry.complaints.set(complaint, { detail, at: now() })
    },
    setStrays(key, strays) {
      if (strays.pods === 0 && !entries.has(`${key.namespace}/${key.name}`)) return
      const entry = entryFor(key)
      if (!isSame(entry.strays, strays)) touch(key)
      entry.strays = strays
    },
    complaintsOf: ({ namespace, name }) => {
      const noted = entries.get(`${namespace}/${name}`)?.complaints
      return complaints.flatMap(complaint => {
        const one = noted?.get(complaint)
        return one === undefined || now() - one.at > memory ? [] : [{ complaint, detail: one.detail }]
      })
    },
    straysOf: ({ namespace, name }) => entries.get(`${namespace}/${name}`)?.strays ?? noStrays,
    forget: ({ namespace, name }) => void entries.delete(`${namespace}/${name}`),
    takeTouched() {
      lookOver()
      return touched.take()
    },
  }
}

function isSame(a: Strays, b: Strays): boolean {
  return a.pods === b.pods && a.standing.size === b.standing.size
    && [...a.standing].every(([group, pods]) => b.standing.get(group) === pods)
}
