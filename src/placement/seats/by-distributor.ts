import type { Revision } from './revision.ts'
import { createTouched, type DistributorKey, type Touched } from './touched.ts'

export type { DistributorKey } from './touched.ts'

/** Which revisions have pods of which distributor, and whose pods have changed of late. */
export interface ByDistributor {
  /** A pod of this distributor is there in the revision. */
  readonly add: (namespace: string, name: string, revision: Revision) => void
  /** One that was added is gone. */
  readonly remove: (namespace: string, name: string, revision: Revision) => void
  readonly touch: (namespace: string, name: string) => void
  readonly revisionsOf: (namespace: string, name: string) => Iterable<Revision>
  /** Every distributor's name that a pod carries. */
  readonly names: () => Iterable<DistributorKey>
  /** The distributors whose pods have changed since this was asked last. */
  readonly takeTouched: Touched['take']
}

export function createByDistributor(): ByDistributor {
  /** Namespace → distributor → revision → how many of its pods. */
  const namespaces = new Map<string, Map<string, Map<Revision, number>>>()
  const { touch, take } = createTouched()

  return {
    touch,
    add(namespace, name, revision) {
      const names = namespaces.get(namespace) ?? new Map<string, Map<Revision, number>>()
      const revisions = names.get(name) ?? new Map<Revision, number>()
      namespaces.set(namespace, names.set(name, revisions.set(revision, (revisions.get(revision) ?? 0) + 1)))
      touch(namespace, name)
    },
    remove(namespace, name, revision) {
      const names = namespaces.get(namespace)
      const revisions = names?.get(name)
      const left = (revisions?.get(revision) ?? 0) - 1
      if (left > 0) revisions?.set(revision, left)
      else revisions?.delete(revision)
      // Nothing that is empty stays.
      if (revisions?.size === 0) names?.delete(name)
      if (names?.size === 0) namespaces.delete(namespace)
      touch(namespace, name)
    },
    revisionsOf: (namespace, name) => namespaces.get(namespace)?.get(name)?.keys() ?? [],
    names: () => [...namespaces].flatMap(([namespace, names]) => [...names.keys()].map(name => ({ namespace, name }))),
    takeTouched: take,
  }
}
