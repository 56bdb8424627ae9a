import { hostname, zone } from '../../placement/nodes/known-labels.ts'
import { beyondOurs, constraintOver } from './constraint.ts'
import { fillDomains, type Filled } from './fill.ts'
import type { Option } from './option.ts'
import { constraintsIn, patchOf, type Placed } from './patch.ts'
import { presentHost } from './present-host.ts'
import type { Subject } from './subject.ts'
import { planZones, type ZonePlan } from './zones.ts'

/** The topologySpreadConstraints that would spread a workload; a text where there are none that its template does not have: why. */
export function spreadOption(subject: Subject, topology: string | undefined): Option | string {
  const { ask, candidates, wanted, doubts, owner } = subject
  const others = ask.spread.filter(({ key, isHard }) => isHard && key !== hostname).map(({ key }) => key)
  const certain = doubts.length === 0 && others.length === 0 ? fillDomains(candidates.map(({ capacity }) => capacity), wanted) : undefined
  const has = presentHost(subject)
  const zoneKey = topology === hostname ? zone : topology ?? zone
  // Where old pods are counted, what an update has left of them may leave no node that both constraints permit.
  const mayBeHard = zoneKey === topology && subject.revisionLabel !== undefined
  const zones = planZones(zoneKey, candidates, wanted, certain, mayBeHard)
  const notes = [...doubts, ...others.map(key => `its hard spread over ${key} stays: whether every pod could keep both is not certain`)]
  if (has.filled !== undefined && doubts.length === 0 && others.length === 0) return restartOption(has.filled, zones, notes)
  if (certain === undefined && has.says) {
    return 'its template asks for the spread over hosts already; no more than that is certain to leave no pod waiting'
  }
  const host = hostPlaced(certain === undefined ? 'ScheduleAnyway' : 'DoNotSchedule', subject)
  if (typeof host === 'string') return host
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

/**
 * Over hosts, in place of a weaker one over the same pods: the API server takes one of a key and whenUnsatisfiable. Any other that is there
 * stays; the answer is then a text.
 */
function hostPlaced(when: 'DoNotSchedule' | 'ScheduleAnyway', subject: Subject): Placed | string {
  const constraint = constraintOver(hostname, when, subject)
  const present = constraintsIn(subject.owner.template)
  const index = present.findIndex(one => one['topologyKey'] === hostname && one['whenUnsatisfiable'] === when)
  const beyond = beyondOurs(present[index] ?? {}, constraint)
  if (index < 0) return { constraint, replaces: undefined }
  return beyond.length === 0 ? { constraint, replaces: index }
    : `its template has ${when} over ${hostname} with ${beyond.join(', ')} of its own: that stays, and it can have no other beside it`
}

function zonePlaced({ when }: ZonePlan, key: string, subject: Subject): readonly Placed[] {
  const present = constraintsIn(subject.owner.template).filter(({ topologyKey }) => topologyKey === key)
  const isThere = when === 'ScheduleAnyway' ? present.length > 0 : present.some(({ whenUnsatisfiable }) => whenUnsatisfiable === when)
  return when === undefined || isThere ? [] : [{ constraint: constraintOver(key, when, subject), replaces: undefined }]
}

function tell(placed: readonly Placed[]): string {
  const parts = placed.map(({ constraint, replaces }) => {
    const { whenUnsatisfiable, topologyKey } = constraint
    return `${String(whenUnsatisfiable)} over ${String(topologyKey)}${replaces === undefined ? '' : ' in place of its own'}`
  })
  return `give its template ${placed.length === 1 ? 'a topologySpreadConstraint' : 'topologySpreadConstraints'}: ${parts.join(', ')}`
}
