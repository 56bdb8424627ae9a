import type { Finding, Survey } from '../../../survey/finding.ts'
import type { NodeUse } from '../../../survey/node-use.ts'

/** All that is printed of a survey. */
export interface Picture {
  readonly survey: Survey
  /** Every node that could be read; empty without the right to list them. */
  readonly nodes: readonly NodeUse[]
  /** Whether the pods of all namespaces were read: otherwise more of a node may be taken than is known. */
  readonly isUseWhole: boolean
  /** What was looked at, for the page that is passed on: the kubeconfig's context, and the API server's address. */
  readonly cluster: string
  readonly at: Date
}

/** Whether several of its pods stand on one node, or it has a single one. */
export const isAffected = ({ pods, shared }: Finding): boolean => pods === 1 || shared.length > 0
