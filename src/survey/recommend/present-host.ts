import { hostname } from '../../placement/nodes/known-labels.ts'
import { readSpreadRule } from '../room/pod-to-place.ts'
import { fillDomains, type Filled } from './fill.ts'
import { constraintsIn } from './patch.ts'
import type { Subject } from './subject.ts'

export interface PresentHost {
  /** What the hard constraint over hosts that is there makes of the pods for certain; undefined without one, and where nothing is. */
  readonly filled: Filled | undefined
  /** Whether it says all that a soft one can: there is one with maxSkew 1, or a hard one. */
  readonly says: boolean
}

/**
 * What the template says over hosts already, of the workload's pods alone: one whose selector is wider than the workload's evens out all
 * that it counts, and pods of others may leave it the same few nodes. Of a Deployment the constraint has to tell revisions apart: otherwise
 * pods that an update removes are counted while the new ones are placed. A StatefulSet replaces one after another: each goes where least
 * are, and when all are replaced none has two more than another, though all were counted.
 */
export function presentHost({ owner, ask, revisionLabel, candidates, wanted, others }: Subject): PresentHost {
  const isOneByOne = revisionLabel === undefined || owner.kind === 'StatefulSet'
  const present = constraintsIn(owner.template).filter(({ topologyKey, matchLabelKeys }) => topologyKey === hostname
    && (isOneByOne || (Array.isArray(matchLabelKeys) && matchLabelKeys.includes(revisionLabel))))
    .map(one => readSpreadRule(one, ask.labels))
    .filter(({ counts }) => counts(ask.labels) && !others.some(({ labels }) => counts(labels)))
  // Without Honor a node whose taint keeps the pods away counts as an empty domain; those are no candidates.
  const hard = present.find(({ isHard, maxSkew, minDomains, honoursTaints, honoursAffinity }) =>
    isHard && maxSkew === 1 && minDomains === 1 && honoursTaints && honoursAffinity)
  return {
    filled: hard === undefined ? undefined : fillDomains(candidates.map(({ capacity }) => capacity), wanted),
    says: present.some(({ isHard, maxSkew }) => isHard || maxSkew === 1),
  }
}
