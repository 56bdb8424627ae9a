import { apiGroup } from '../../placement/keys.ts'
import { listDistributor, type Listed as Distributor } from '../../placement/distributor/listed.ts'
import type { Listed, ListedResource, Lists } from './lists.ts'

export const podDistributors: ListedResource = { group: apiGroup, version: 'v1beta1', plural: 'poddistributors' }

/** The PodDistributors, those that are invalid too; none, and `isAbsent`, where the cluster does not know them. */
export function readDistributors(lists: Lists): Promise<Listed<Distributor>> {
  return lists.namespaced(podDistributors, { keep: listDistributor })
}
