import type { Listed } from '../placement/distributor/listed.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import type { DistributorKey } from '../placement/seats/by-distributor.ts'

/** Compares the distributors with what they were. */
export interface DistributorChanges {
  /** Those that came, or say something else, and those that went, since this was asked last. A new status is no change. */
  readonly take: () => { readonly changed: readonly Listed[], readonly gone: readonly Listed[] }
  /** Those that pods say they were placed by, and that are not there; each once. */
  readonly takeAbsent: () => readonly DistributorKey[]
  /** Those of a namespace, as they were when `take` was asked. */
  readonly of: (namespace: string) => readonly Listed[]
  /** How many namespaces have distributors. */
  readonly namespaces: () => number
}

/** Of ten thousand that stay as they are, asked every second, nothing but a look at each is to be felt. */
export function createDistributorChanges({ distributors, revisions }: Pick<Knowledge, 'distributors' | 'revisions'>): DistributorChanges {
  let known: ReadonlySet<Listed> = new Set()
  const byNamespace = new Map<string, Set<Listed>>()
  let absent: ReadonlySet<string> = new Set()

  const isThere = ({ namespace, name }: DistributorKey): boolean => distributors.get(namespace, name) !== undefined
  const enter = (one: Listed): void => {
    byNamespace.set(one.namespace, (byNamespace.get(one.namespace) ?? new Set()).add(one))
  }
  const leave = (one: Listed): void => {
    const those = byNamespace.get(one.namespace)
    those?.delete(one)
    if (those?.size === 0) byNamespace.delete(one.namespace)
  }
  return {
    take() {
      const now = new Set(distributors.all())
      const [came, went] = [[...now].filter(one => !known.has(one)), [...known].filter(one => !now.has(one))]
      known = now
      came.forEach(enter)
      went.forEach(leave)
      const before = new Map(went.map(one => [keyOf(one), one]))
      return { changed: came.filter(one => !isSame(before.get(keyOf(one)), one)), gone: went.filter(one => !isThere(one)) }
    },
    takeAbsent() {
      const all = [...revisions.distributors()].filter(one => !isThere(one))
      const before = absent
      absent = new Set(all.map(keyOf))
      return all.filter(one => !before.has(keyOf(one)))
    },
    namespaces: () => byNamespace.size,
    of: namespace => [...byNamespace.get(namespace) ?? []],
  }
}

function keyOf({ namespace, name }: DistributorKey): string {
  return `${namespace}/${name}`
}

/** Not another plan, nor another object under the same name. */
function isSame(a: Listed | undefined, b: Listed): boolean {
  return a?.outcome === b.outcome && a.uid === b.uid
}
