import { hostname } from '../../placement/nodes/known-labels.ts'
import { apiVersion, kind } from '../../placement/keys.ts'
import { createSequence } from '../../placement/seats/sequence.ts'
import { fillDomains, together } from './fill.ts'
import type { Option } from './option.ts'
import type { Subject } from './subject.ts'
import { visibleGroups, type VisibleGroup } from './visible-groups.ts'

/** A distributor's name becomes a label value. */
const longestName = 63

/**
 * A PodDistributor that divides the pods between nodes that may be taken away and all others, and within each spreads them over hosts;
 * undefined where no label tells such nodes apart, or no figure is certain. Weights are as there are nodes.
 */
export function distributorOption({ owner, ask, candidates, wanted, doubts }: Subject): Option | undefined {
  const groups = visibleGroups(candidates.map(({ node }) => node))
  if (groups === undefined || doubts.length > 0 || owner.name.length > longestName) return undefined
  // Versprei leaves it alone: it would count pods of all groups at once.
  if (ask.spread.some(({ isHard }) => isHard)) return undefined
  const capacity = new Map(candidates.map(one => [one.node.name, one.capacity]))
  const counts = createSequence(groups.map(({ nodes }) => ({ weight: nodes.length, base: 0 }))).prefix(wanted)
  const fillings = groups.map(({ nodes }, index) => {
    const pods = counts[index] ?? 0
    return pods === 0 ? { domains: 0, sizes: [] } : fillDomains(nodes.map(({ name }) => capacity.get(name) ?? 0), pods)
  })
  const certain = fillings.filter(one => one !== undefined)
  if (certain.length < fillings.length || counts.some(pods => pods === 0)) return undefined
  const split = groups.map(({ name }, index) => `${counts[index]} on ${name} nodes`).join(', ')
  return {
    change: { kind: 'distributor', object: write(owner, groups) },
    nodes: together(certain), topology: undefined,
    summary: `create a PodDistributor, then make its pods anew: of ${wanted} pods ${split}, each group spread over its hosts`,
    notes: [
      `if all spot nodes go at once, ${counts[0]} of ${wanted} pods are left`,
      'weights are as there are nodes: change them to what you want on each',
      'Versprei has to be serving: see versprei check',
    ],
  }
}

type Owner = Subject['owner']

function write({ group, kind: of, namespace, name }: Owner, groups: readonly VisibleGroup[]): Readonly<Record<string, unknown>> {
  return {
    apiVersion, kind, metadata: { name, namespace },
    spec: {
      target: { apiVersion: `${group}/${group === 'argoproj.io' ? 'v1alpha1' : 'v1'}`, kind: of, name },
      distribution: groups.map(one => ({ name: one.name, ...one.selects, weight: one.nodes.length })),
      spread: [{ maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor' }],
    },
  }
}
