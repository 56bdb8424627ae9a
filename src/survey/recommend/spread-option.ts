import { readSpreadRule } from '../room/pod-to-place.ts'
import { constraintOver } from './constraint.ts'
import { fillDomains, type Filled } from './fill.ts'
import type { Option } from './option.ts'
import { constraintsIn, patchOf, type Placed } from './patch.ts'
import { hostname, type Subject } from './subject.ts'
import { planZones, type ZonePlan } from './zones.ts'

const zoneLabel = 'topology.kubernetes.io/zone'

/** The topologySpreadConstraints that would spread a workload; undefined where its template has them and they are no more than a wish. */
export function spreadOption(subject: Subject, topology: string | undefined): Option | undefined {
  const { ask, candidates, wanted, doubts, owner } = subject
  const others = ask.spread.filter(({ key, isHard }) => isHard && key !== hostname).map(({ key }) => key)
  const certain = doubts.length === 0 && others.length === 0 ? fillDomains(candidates.map(({ capacity }) => capacity), wanted) : undefined
  const has = presentHost(subject)
  const zoneKey = topology === hostname ? zoneLabel : topology ?? zoneLabel
  // Where old pods are counted, what an update has left of them may leave no node that both constraints permit.
  const mayBeHard = zoneKey === topology && subject.revisionLabel !== undefined
  const zones = planZones(zoneKey, candidates, wanted, certain, mayBeHard)
  const notes = [...doubts, ...others.map(key => `its hard spread over ${key} stays: whether every pod could keep both is not certain`)]
  if (has.filled !== undefined && doubts.length === 0 && others.length === 0) return restartOption(has.filled, zones, notes)
  if (certain === undefined && has.says) return undefined
  const when = certain === undefined ? 'ScheduleAnyway' : 'DoNotSchedule'
  const host: Placed = {
    constraint: constraintOver(hostname, when, subject), replaces: indexOf(owner.template, hostname, when),
  }
  const placed = [host, ...zonePlaced(zones, zoneKey, subject)]
  return {
    change: patchOf(owner, owner.template, placed),
    nodes: certain,
    topology: zoneKey === topology ? zones.filled : undefined,
    summary: tell(placed),
    notes: certain === undefined ? [...notes, 'nothing holds the scheduler to a wish: no figure is promised'] : notes,
  }
}

function restartOption(filled: Filled, zones: ZonePlan, notes: readonly string[]): Option {
  return {
    change: { kind: 'restart' }, nodes: filled,
    // Its template may say nothing about zones: only where every host gets a pod are they certain.
    topology: zones.when === 'DoNotSchedule' || zones.filled === undefined ? undefined : zones.filled, notes,
    summary: `make its pods anew: its template asks for the spread over ${hostname} already, and they stand as they were placed once`,
  }
}

function zonePlaced({ when }: ZonePlan, key: string, subject: Subject): readonly Placed[] {
  const present = constraintsIn(subject.owner.template).filter(({ topologyKey }) => topologyKey === key)
  const isThere = when === 'ScheduleAnyway' ? present.length > 0 : present.some(({ whenUnsatisfiable }) => whenUnsatisfiable === when)
  return when === undefined || isThere ? [] : [{ constraint: constraintOver(key, when, subject), replaces: undefined }]
}

interface PresentHost {
  /** What the hard constraint over hosts that is there makes of the pods for certain; undefined without one, and where nothing is. */
  readonly filled: Filled | undefined
  /** Whether it says all that a soft one can: there is one with maxSkew 1, or a hard one. */
  readonly says: boolean
}

/**
 * What the template says over hosts already. Of a Deployment the constraint has to tell revisions apart: otherwise pods that an update
 * removes are counted while the new ones are placed. A StatefulSet replaces one after another: each goes where least are, and when all are
 * replaced none has two more than another, though all were counted.
 */
function presentHost({ owner, ask, revisionLabel, candidates, wanted }: Subject): PresentHost {
  const isOneByOne = revisionLabel === undefined || owner.kind === 'StatefulSet'
  const present = constraintsIn(owner.template).filter(({ topologyKey, matchLabelKeys }) => topologyKey === hostname
    && (isOneByOne || (Array.isArray(matchLabelKeys) && matchLabelKeys.includes(revisionLabel))))
    .map(one => readSpreadRule(one, ask.labels)).filter(({ counts }) => counts(ask.labels))
  // Without Honor a node whose taint keeps the pods away counts as an empty domain; those are no candidates.
  const hard = present.find(({ isHard, maxSkew, minDomains, honoursTaints, honoursAffinity }) =>
    isHard && maxSkew === 1 && minDomains === 1 && honoursTaints && honoursAffinity)
  return {
    filled: hard === undefined ? undefined : fillDomains(candidates.map(({ capacity }) => capacity), wanted),
    says: present.some(({ isHard, maxSkew }) => isHard || maxSkew === 1),
  }
}

function indexOf(template: unknown, key: string, when: string): number | undefined {
  const index = constraintsIn(template).findIndex(one => one['topologyKey'] === key && one['whenUnsatisfiable'] === when)
  return index < 0 ? undefined : index
}

function tell(placed: readonly Placed[]): string {
  const parts = placed.map(({ constraint, replaces }) => {
    const { whenUnsatisfiable, topologyKey } = constraint
    return `${String(whenUnsatisfiable)} over ${String(topologyKey)}${replaces === undefined ? '' : ' in place of its own'}`
  })
  return `give its template ${placed.length === 1 ? 'a topologySpreadConstraint' : 'topologySpreadConstraints'}: ${parts.join(', ')}`
}
