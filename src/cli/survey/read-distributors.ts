import { apiGroup } from '../../placement/keys.ts'
import { listDistributor, type Listed as Distributor } from '../../placement/distributor/listed.ts'
import type { Listed, Lists } from './lists.ts'

/** The PodDistributors, those that are invalid too; none, and `isAbsent`, where the cluster does not know them. */
export function readDistributors(lists: Lists): Promise<Listed<Distributor>> {
  return lists.namespaced({ group: apiGroup, version: 'v1beta1', plural: 'poddistributors' }, { keep: listDistributor })
}
