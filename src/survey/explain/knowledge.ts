import type { Listed } from '../../placement/distributor/listed.ts'
import { createKnowledge, type Knowledge } from '../../placement/knowledge.ts'
import type { Node } from '../../placement/nodes/nodes.ts'
import { isActive, type SeenPod } from './seen-pod.ts'

/** What was read to explain by, beside the object itself. */
export interface Known {
  /** Those of the namespace. */
  readonly distributors: readonly Listed[]
  readonly nodes: readonly Node[]
  /** Of Versprei; undefined where it is not known. */
  readonly ownNamespace: string | undefined
}

/** The same as a server would know it that has just started, these pods in their seats. */
export function knowledgeOf({ distributors, nodes, ownNamespace }: Known, pods: readonly SeenPod[]): Knowledge {
  const knowledge = createKnowledge(ownNamespace)
  knowledge.distributors.replace(distributors)
  knowledge.nodes.replace(nodes)
  const active = pods.filter(isActive)
  knowledge.revisions.replace(active.flatMap(({ placed }) => placed ?? []))
  knowledge.revisions.replaceReady(active.map(({ surveyed: { uid, isReady } }) => ({ uid, ready: isReady })))
  return knowledge
}
