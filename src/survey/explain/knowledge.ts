import { createKnowledge, type Knowledge } from '../../placement/knowledge.ts'
import type { Node } from '../../placement/nodes/nodes.ts'
import type { SeenDistributor } from './seen-distributor.ts'
import { isActive, type SeenPod } from './seen-pod.ts'

/** What was read to explain by, beside the object itself. */
export interface Known {
  /** Those of the namespace; undefined where they may not be read. */
  readonly distributors: readonly SeenDistributor[] | undefined
  /** None where they may not be read: then the labels of no node are known. */
  readonly nodes: readonly Node[]
  /** Of Versprei; undefined where it is not known. */
  readonly ownNamespace: string | undefined
  /** All pods of the same owners; undefined where they may not be read. */
  readonly pods: readonly SeenPod[] | undefined
}

/** What could not be read, and of which nothing is claimed. */
export type Unread = 'distributors' | 'pods'

/** What an explanation rests on: what a server would know that has just started, and what of it is not known. */
export interface Grounds extends Knowledge {
  readonly unread: readonly Unread[]
  /** When the spec of a PodDistributor was last written, by name: see `SeenDistributor`. */
  readonly edited: ReadonlyMap<string, number>
}

/** The pods that were read are in their seats. */
export function knowledgeOf({ distributors, nodes, ownNamespace, pods }: Known): Grounds {
  const knowledge = createKnowledge(ownNamespace)
  knowledge.distributors.replace((distributors ?? []).map(({ listed }) => listed))
  knowledge.nodes.replace(nodes)
  const active = (pods ?? []).filter(isActive)
  knowledge.revisions.replace(active.flatMap(({ placed }) => placed ?? []))
  knowledge.revisions.replaceReady(active.map(({ surveyed: { uid, isReady } }) => ({ uid, ready: isReady })))
  return {
    ...knowledge,
    unread: [...distributors === undefined ? ['distributors' as const] : [], ...pods === undefined ? ['pods' as const] : []],
    edited: new Map((distributors ?? []).flatMap(({ listed: { name }, edited }) => (edited === undefined ? [] : [[name, edited]]))),
  }
}
