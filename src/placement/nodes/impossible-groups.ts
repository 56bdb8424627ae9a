import type { Group } from '../distributor/distributor.ts'
import type { NodeTerm, Pod } from '../pod.ts'
import type { Nodes } from './nodes.ts'
import { areContradictory, type Requirement } from './requirements.ts'

/**
 * The groups (their indices) whose nodes this pod's own nodeSelector or required node affinity rules out: it would never
 * be scheduled there. Judged by the pod's spec and not by the nodes there are now (a group without nodes today is what an
 * autoscaler waits to be asked for), unless the pod names nodes that are known: those are in a group or not.
 */
export function impossibleGroups(pod: Pod, groups: readonly Group[], nodes: Pick<Nodes, 'areOutside'>): ReadonlySet<number> {
  if (pod.nodeSelector === undefined && pod.terms === undefined) return none
  const selector = Object.entries(pod.nodeSelector ?? {}).map(([key, value]): Requirement => ({ key, operator: 'In', values: [value] }))
  // Terms are ORed; an empty one matches no node. Without terms the nodeSelector is all there is.
  const terms = pod.terms?.filter(term => term.hasFields || term.matchExpressions.length > 0) ?? [anyNode]
  const impossible = groups.keys().filter(index => {
    const group = groups[index]
    return group !== undefined && terms.every(({ matchExpressions, nodeNames }) =>
      areContradictory([...selector, ...matchExpressions, ...group.expressions])
      || (nodeNames !== undefined && nodes.areOutside(group, nodeNames)))
  })
  return new Set(impossible)
}

const none: ReadonlySet<number> = new Set()
const anyNode: Pick<NodeTerm, 'matchExpressions' | 'nodeNames'> = { matchExpressions: [], nodeNames: undefined }
