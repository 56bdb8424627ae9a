import { createRevision, type Revision } from './revision.ts'

/** The revisions of distributors under `enforcement: Audit`, where no pod ever shows the seat that it would have had. */
export interface Audits {
  readonly of: (namespace: string, owner: string) => Revision
}

/** After so many pods a revision starts again at seat 0, and so many revisions are remembered: the shares stay right, and memory bounded. */
const mostPods = 1000
const mostRevisions = 1000

/** Counts on and on: nothing tells when an audited pod is gone, so that each is decided as though the workload had only grown. */
export function createAudits(): Audits {
  let revisions = new Map<string, Revision>()
  return {
    of(namespace, owner) {
      const key = `${namespace}/${owner}`
      const known = revisions.get(key)
      if (known !== undefined && known.size().reservations < mostPods) return known
      if (revisions.size >= mostRevisions) revisions = new Map()
      const fresh = createRevision(owner, namespace)
      revisions.set(key, fresh)
      return fresh
    },
  }
}
