import { asMap, mapsIn } from '../../placement/is-map.ts'
import type { WorkloadName } from '../finding.ts'
import type { WorkloadPatch } from './recommendation.ts'

type Map = Readonly<Record<string, unknown>>

/** Where a pod template has them. */
const path = '/spec/template/spec/topologySpreadConstraints'

/** The kinds that the API server can patch strategically: it knows by which key their lists merge; of a custom resource it does not. */
const builtIn = new Set(['Deployment', 'StatefulSet', 'ReplicaSet'])

/** A constraint to put in place of an entry of the template's list, or beside what is there. */
export interface Placed {
  readonly constraint: Map
  /** Index of the entry that it takes the place of; undefined: it is one more. */
  readonly replaces: number | undefined
}

/** The constraints that a template has, as they stand. */
export function constraintsIn(template: unknown): readonly Map[] {
  return mapsIn(asMap(asMap(template)['spec'])['topologySpreadConstraints'])
}

/**
 * Adds constraints to a workload's template, and leaves all others as they are.
 *
 * A strategic patch merges that list by topologyKey alone (`patchMergeKey`, core/v1 PodSpec): an entry with the same key would be changed,
 * although the API server tells entries by topologyKey and whenUnsatisfiable. There, and for custom resources, it is a JSON patch, which
 * tests first that the list is as it was read.
 */
export function patchOf({ kind }: Pick<WorkloadName, 'kind'>, template: unknown, placed: readonly Placed[]): WorkloadPatch {
  const present = constraintsIn(template)
  const keys = new Set(present.map(({ topologyKey }) => topologyKey))
  const constraints = placed.map(({ constraint }) => constraint)
  const isApart = placed.every(({ constraint, replaces }) => replaces === undefined && !keys.has(constraint['topologyKey']))
  if (builtIn.has(kind) && isApart) {
    return { kind: 'patch', type: 'strategic', body: { spec: { template: { spec: { topologySpreadConstraints: constraints } } } } }
  }
  if (present.length === 0) return { kind: 'patch', type: 'json', body: [{ op: 'add', path, value: constraints }] }
  return {
    kind: 'patch', type: 'json', body: [
      { op: 'test', path, value: present },
      ...placed.map(({ constraint, replaces }) => replaces === undefined
        ? { op: 'add', path: `${path}/-`, value: constraint } : { op: 'replace', path: `${path}/${replaces}`, value: constraint }),
    ],
  }
}
