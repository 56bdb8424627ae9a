import type { SurveyedNode, SurveyedPod } from './cluster-state.ts'
import type { Shared } from './finding.ts'

/** A pod that runs. */
export interface Standing {
  readonly pod: SurveyedPod
  readonly node: string
}

/** Why a pod does not count. */
export type Apart = 'pending' | 'leaving' | 'finished' | 'nodeGone'

/** @param nodes by name; undefined where it is not known which there are */
export function standingOf(pod: SurveyedPod, nodes: ReadonlyMap<string, SurveyedNode> | undefined): Standing | Apart {
  const { node, phase } = pod
  if (phase === 'Succeeded' || phase === 'Failed') return 'finished'
  // Nobody is left to end it: that its node is gone is why it is still leaving.
  if (node !== undefined && nodes !== undefined && !nodes.has(node)) return 'nodeGone'
  if (pod.isLeaving) return 'leaving'
  return phase === 'Running' && node !== undefined ? { pod, node } : 'pending'
}

/** The names of pods by their domain, most pods first; pods that are in none are left out. */
export function groupByDomain(standing: readonly Standing[], domainOf: (standing: Standing) => string | undefined): readonly Shared[] {
  const groups = new Map<string, string[]>()
  for (const one of standing) {
    const domain = domainOf(one)
    if (domain === undefined) continue
    const group = groups.get(domain)
    if (group === undefined) groups.set(domain, [one.pod.name])
    else group.push(one.pod.name)
  }
  return [...groups].map(([domain, pods]) => ({ domain, pods: pods.toSorted() }))
    .toSorted((a, b) => b.pods.length - a.pods.length || (a.domain < b.domain ? -1 : 1))
}
