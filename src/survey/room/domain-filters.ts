import type { SurveyedNode } from '../cluster-state.ts'
import type { Ledger, Standing } from './ledger.ts'
import { isChosen, untolerated } from './node-filters.ts'
import type { ApartRule, PodToPlace, SpreadRule } from './pod-to-place.ts'
import type { Refusal } from './refusal.ts'

const labelOf = ({ labels }: Pick<SurveyedNode, 'labels'>, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined

/** The nodes that a pod's constraints look at, by name, and who stands there. */
export interface Ground {
  readonly nodes: ReadonlyMap<string, SurveyedNode>
  readonly ledger: Ledger
}

/**
 * The domains that a spread constraint compares and how many pods it counts in each. Nodes that lack the key of any hard constraint of
 * the pod are no part of it, nor are those that the policies leave out; pods that are leaving are not counted (podtopologyspread
 * `calPreFilterState`, `countPodsMatchSelector`).
 */
export function domainsOf(rule: SpreadRule, pod: PodToPlace, { nodes, ledger }: Ground): ReadonlyMap<string, number> {
  const keys = pod.spread.filter(({ isHard }) => isHard === rule.isHard).map(({ key }) => key)
  const isPart = (node: SurveyedNode): boolean => keys.every(key => labelOf(node, key) !== undefined)
    && (!rule.honoursAffinity || isChosen(pod, node)) && (!rule.honoursTaints || untolerated(pod, node) === undefined)
  const domainOfNode = new Map([...nodes.values()].filter(isPart).map(node => [node.name, labelOf(node, rule.key) ?? '']))
  const counts = new Map([...domainOfNode.values()].map(domain => [domain, 0]))
  for (const { labels, node, isLeaving } of ledger.standing(pod.namespace)) {
    const domain = domainOfNode.get(node)
    if (domain === undefined || isLeaving || !rule.counts(labels)) continue
    counts.set(domain, (counts.get(domain) ?? 0) + 1)
  }
  return counts
}

/**
 * For all hard constraints of a pod at once: why a node would break one. The pods there, and the pod itself where it counts itself,
 * less the least of all domains (0 where there are fewer than minDomains), may be maxSkew at most (podtopologyspread `Filter`).
 */
export function spreadFilter(pod: PodToPlace, ground: Ground): (node: SurveyedNode) => Refusal | undefined {
  const rules = pod.spread.filter(({ isHard }) => isHard).map(rule => {
    const domains = domainsOf(rule, pod, ground)
    const least = domains.size < rule.minDomains ? 0 : Math.min(...domains.values())
    const itself = rule.counts(pod.labels) ? 1 : 0
    return { rule, domains, least, itself }
  })
  return node => {
    for (const { rule: { key, maxSkew }, domains, least, itself } of rules) {
      const domain = labelOf(node, key)
      if (domain === undefined) return { kind: 'spread', key, isUnlabelled: true }
      if ((domains.get(domain) ?? 0) + itself - least > maxSkew) return { kind: 'spread', key, isUnlabelled: false }
    }
    return undefined
  }
}

/** For all required terms of a pod's anti-affinity: why a node may not be. A node without the key is in no domain (interpodaffinity). */
export function apartFilter(pod: PodToPlace, { nodes, ledger }: Ground): (node: SurveyedNode) => Refusal | undefined {
  const rules = pod.apart.map(rule => {
    const taken = pods(rule, ledger).map(({ node }) => nodes.get(node)).filter(node => node !== undefined)
    return { key: rule.key, domains: new Set(taken.map(node => labelOf(node, rule.key))) }
  })
  return node => {
    const broken = rules.find(({ key, domains }) => labelOf(node, key) !== undefined && domains.has(labelOf(node, key)))
    return broken === undefined ? undefined : { kind: 'anti-affinity', key: broken.key }
  }
}

/** Pods that are leaving count here, as long as they are there. */
function pods({ counts, namespaces }: ApartRule, ledger: Ledger): readonly Standing[] {
  const among = namespaces === undefined ? ledger.standing(undefined) : namespaces.flatMap(name => ledger.standing(name))
  return among.filter(({ labels }) => counts(labels))
}
