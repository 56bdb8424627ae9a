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
