import { zone } from '../../../placement/nodes/known-labels.ts'
import type { NodeUse } from '../../../survey/node-use.ts'
import type { Picture } from './picture.ts'

/** The label whose values group the nodes: that of --topology, else the zone. */
export const topologyKey = ({ survey }: Picture): string =>
  survey.findings.find(one => one.topology !== undefined)?.topology?.key ?? zone

/** Each node's domain of that topology; undefined where it has none. */
export function domainsOf(picture: Picture): ReadonlyMap<string, string | undefined> {
  const key = topologyKey(picture)
  return new Map(picture.nodes.map(({ name, labels }) => [name, Object.hasOwn(labels, key) ? labels[key] : undefined]))
}

/** What keeps pods away from it: `not ready, cordoned`. */
export function faultsOf({ isReady, isUnschedulable }: Pick<NodeUse, 'isReady' | 'isUnschedulable'>): string {
  return [...(isReady ? [] : ['not ready']), ...(isUnschedulable ? ['cordoned'] : [])].join(', ')
}
