import type { WorkloadName } from '../finding.ts'
import type { Wait } from './why-not.ts'

/** Why so many replacements of a workload's pods wait, or may. */
export interface Difficulty {
  /** `uncertain`: it fits by all that is known, but something else decides too; `unknown`: nothing can be said. */
  readonly reason: Wait | 'uncertain' | 'unknown'
  readonly pods: number
  readonly detail: string
}

/** Pods of a workload on the nodes of one group. */
export interface GroupOutlook {
  readonly name: string
  readonly now: number
  /** At once after the loss. */
  readonly left: number
  /** Once replacements stand where they fit. */
  readonly after: number
}

/** What a loss does to one workload. Pods that have ended or are leaving do not count. */
export interface Outlook {
  readonly workload: WorkloadName
  /** The distributor that places them; absent where none does. */
  readonly distributor?: string
  /** Pods that run, on a node that is there. */
  readonly pods: number
  /** Of those, what is left at once. */
  readonly left: number
  /** Of the replacements of the others: those that fit elsewhere, those of which that is not sure, those that wait. */
  readonly fit: number
  readonly unsure: number
  readonly wait: number
  /** Pods that did not run before: on no node, or not yet. They are none of the above. */
  readonly pending: number
  /** In the order of the distributor. */
  readonly groups: readonly GroupOutlook[]
  /** Why some wait, or may; the most pods first. */
  readonly troubles: readonly Difficulty[]
}

/** What a loss does to a cluster. */
export interface Foresight {
  /** The names of the nodes that are lost, in order. */
  readonly nodes: readonly string[]
  /** How many nodes there are, with those. */
  readonly ofNodes: number
  /** The hardest hit first: those of which nothing is left, then those of which most waits; then by namespace and name. */
  readonly workloads: readonly Outlook[]
  /** Lost pods that nobody replaces, in order: they have no controller, or it is not there any more. */
  readonly goneForGood: readonly string[]
}
