import type { Group } from '../distributor/distributor.ts'
import type { Pod } from '../pod.ts'
import { areContradictory, type Requirement } from './requirements.ts'

/**
 * The groups (their indices) whose nodes this pod's own nodeSelector or required node affinity rules out: it would never
 * be scheduled there. Judged by the pod's spec alone and not by the nodes there are now: a group without nodes today
 * is what an autoscaler waits to be asked for.
 */
export function impossibleGroups(pod: Pod, groups: readonly Group[]): ReadonlySet<number> {
  const alternatives = ownAlternatives(pod)
  if (alternatives === undefined) return none
  const impossible = groups.keys().filter(index => {
    const expressions = groups[index]?.expressions ?? []
    return alternatives.every(own => areContradictory([...own, ...expressions]))
  })
  return new Set(impossible)
}

const none: ReadonlySet<number> = new Set()

/** What the pod asks of its node: one of these lists must hold (terms are ORed). Undefined: nothing. Empty: no node will do. */
function ownAlternatives(pod: Pod): readonly (readonly Requirement[])[] | undefined {
  const selector = Object.entries(pod.nodeSelector ?? {})
    .map(([key, value]): Requirement => ({ key, operator: 'In', values: [value] }))
  if (pod.terms === undefined) return selector.length === 0 ? undefined : [selector]
  return pod.terms
    .filter(term => term.hasFields || term.matchExpressions.length > 0)
    .map(term => [...selector, ...term.matchExpressions])
}
