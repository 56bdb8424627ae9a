import { createRevision, type Revision } from './revision.ts'

/** Revisions by namespace and owner's uid. */
export interface RevisionTable {
  /** Made where it is not there. */
  readonly of: (namespace: string, owner: string) => Revision
  readonly all: () => Iterable<Revision>
  /** Forgets those that hold neither pod nor reservation. */
  readonly forgetEmpty: () => void
}

/** @param isSeen whether the watch has shown the pod of a review */
export function createRevisionTable(isSeen: (admission: string) => boolean): RevisionTable {
  const namespaces = new Map<string, Map<string, Revision>>()
  return {
    of(namespace, owner) {
      const known = namespaces.get(namespace)?.get(owner)
      if (known !== undefined) return known
      const fresh = createRevision(owner, namespace, isSeen)
      const owners = namespaces.get(namespace) ?? new Map<string, Revision>()
      namespaces.set(namespace, owners.set(owner, fresh))
      return fresh
    },
    all: () => namespaces.values().flatMap(owners => owners.values()),
    forgetEmpty() {
      for (const [namespace, owners] of namespaces) {
        for (const [owner, revision] of owners) {
          const { pods, reservations } = revision.size()
          if (pods + reservations === 0) owners.delete(owner)
        }
        if (owners.size === 0) namespaces.delete(namespace)
      }
    },
  }
}
