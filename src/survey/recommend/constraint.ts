import { isMap } from '../../placement/is-map.ts'
import type { SurveyedOwner } from '../cluster-state.ts'
import type { Subject } from './subject.ts'

type Map = Readonly<Record<string, unknown>>

/**
 * A constraint over the workload's own pods. Those of another revision are not counted (`matchLabelKeys`, since 1.27): while an update
 * rolls they are still there, and what is spread beside them is not when they are gone. Nodes with a taint that keeps the pods away are no
 * domains (`nodeTaintsPolicy`, since 1.26): by default a cordoned node counts as an empty one, and pods would wait for it.
 */
export function constraintOver(
  topologyKey: string, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway',
  { owner: { selector }, revisionLabel }: Pick<Subject, 'revisionLabel'> & { readonly owner: Pick<SurveyedOwner, 'selector'> },
): Map {
  return {
    maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: selector, nodeTaintsPolicy: 'Honor',
    ...(revisionLabel !== undefined && { matchLabelKeys: [revisionLabel] }),
  }
}

/** What means the same as if it were not there (core/v1 `TopologySpreadConstraint`). */
const defaults: Map = { minDomains: 1, nodeAffinityPolicy: 'Honor' }

/**
 * The fields by which a constraint that is there says more than ours of the same key, or speaks of other pods: somebody meant them. Without
 * any, ours may take its place.
 */
export function beyondOurs(present: Map, ours: Map): readonly string[] {
  return Object.entries(present).filter(([field, value]) => {
    if (field === 'labelSelector') return written(value) !== written(ours[field])
    if (field === 'matchLabelKeys') return !textsOf(value).every(key => textsOf(ours[field]).includes(key))
    return !Object.hasOwn(ours, field) && value !== defaults[field]
  }).map(([field]) => field)
}

const textsOf = (list: unknown): readonly unknown[] => (Array.isArray(list) ? list : [])

/** The same text for maps that differ in their order only. */
function written(value: unknown): string {
  return JSON.stringify(value ?? null, (_, item: unknown) => isMap(item)
    ? Object.fromEntries(Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1))) : item)
}
