import { createDistributors, type Distributors } from './distributor/distributors.ts'
import { createNodes, type Nodes } from './nodes/nodes.ts'
import { createAudits, type Audits } from './seats/audits.ts'
import { createRevisions, type Revisions } from './seats/revisions.ts'

/** Everything that a decision rests on. */
export interface Knowledge {
  readonly distributors: Distributors
  readonly revisions: Revisions
  /** The seats that pods would have had under `enforcement: Audit`. */
  readonly audits: Audits
  readonly nodes: Nodes
  /** The namespace that Versprei itself runs in, whose pods are left alone. */
  readonly ownNamespace: string | undefined
}

export function createKnowledge(ownNamespace?: string): Knowledge {
  return { distributors: createDistributors(), revisions: createRevisions(), audits: createAudits(), nodes: createNodes(), ownNamespace }
}
