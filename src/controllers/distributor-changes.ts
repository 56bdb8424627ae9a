import type { Listed } from '../placement/distributor/listed.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import type { DistributorKey } from '../placement/seats/by-distributor.ts'

/** Compares the distributors with what they were. */
export interface DistributorChanges {
  /**
   * Those that came, or say something else, and those that went, since this was asked last: also one that nobody saw, but that placed pods. A
   * new status is no change.
   */
  readonly take: () => { readonly changed: readonly Listed[], readonly gone: readonly DistributorKey[] }
  /** Those of a namespace, as they were when that was asked. */
  readonly of: (namespace: string) => readonly Listed[]
}

export function createDistributorChanges({ distributors, revisions }: Pick<Knowledge, 'distributors' | 'revisions'>): DistributorChanges {
  let known = new Map<string, Listed>()
  let byNamespace = new Map<string, Listed[]>()
  /** Those that are not there, though pods say that they were placed by them. */
  let absent = new Map<string, DistributorKey>()
  return {
    take() {
      const all = [...distributors.all()]
      const before = { known, absent }
      known = new Map(all.map(one => [keyOf(one), one]))
      byNamespace = Map.groupBy(all, ({ namespace }) => namespace)
      absent = new Map([...revisions.distributors()].flatMap(one => (known.has(keyOf(one)) ? [] : [[keyOf(one), one]])))
      const gone = new Map<string, DistributorKey>([...before.known, ...absent])
      return {
        changed: all.filter(one => !isSame(before.known.get(keyOf(one)), one)),
        gone: [...gone].flatMap(([key, one]) => (known.has(key) || before.absent.has(key) ? [] : [one])),
      }
    },
    of: namespace => byNamespace.get(namespace) ?? [],
  }
}

function keyOf({ namespace, name }: DistributorKey): string {
  return `${namespace}/${name}`
}

/** Not another plan, nor another object under the same name. */
function isSame(a: Listed | undefined, b: Listed): boolean {
  return a?.outcome === b.outcome && a.uid === b.uid
}
