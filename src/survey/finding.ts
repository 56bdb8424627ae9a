import type { Recommendation } from './recommend/recommendation.ts'

/** Which workload. */
export interface WorkloadName {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** How much of a topology (nodes, or zones) a workload can lose, its fullest domains first. */
export interface Survival {
  /** Domains that its pods run in. */
  readonly domains: number
  /** How many may be lost before no pod is left; undefined where none runs. */
  readonly untilNone: number | undefined
  /**
   * How many may be lost before fewer than `least` pods are left, −1 where they are fewer already; of several budgets by the one that
   * allows least. `by` is `PodDisruptionBudget NAME` (of all pods that it selects) or `--min-available`. Absent where neither says
   * anything, or where there are enough and none is in a domain. `isEstimate` is there where `least` is not certain: controllers of the
   * budget's pods were not read, and its status does not say it either.
   */
  readonly untilTooFew?: { readonly least: number, readonly by: string, readonly losses: number, readonly isEstimate?: true }
}

/** A domain with several pods of one workload, most pods first. */
export interface Shared {
  readonly domain: string
  readonly pods: readonly string[]
}

/** What a survey says of one workload. Names are in order; pods that run count, and no others. */
export interface Finding {
  readonly workload: WorkloadName
  /** Its spec.replicas; undefined where the kind has none. */
  readonly wanted: number | undefined
  readonly pods: number
  /** The revisions (ReplicaSets, Jobs of a CronJob) that these pods are of: several while an update rolls. */
  readonly revisions: number
  /** The same pods by node: every node that has one, most pods first. */
  readonly byNode: readonly Shared[]
  /** Nodes with more than one of its pods. */
  readonly shared: readonly Shared[]
  /** Whether all its pods, several, are on one node. A single pod cannot be anywhere else. */
  readonly isOnSingleNode: boolean
  /** Pods that do not count, by why. */
  readonly apart: {
    readonly pending: readonly string[]
    readonly leaving: readonly string[]
    readonly finished: readonly string[]
    /** Their node is not there any more. */
    readonly nodeGone: readonly string[]
  }
  readonly nodes: Survival
  /** By the node label that --topology names; absent without it. */
  readonly topology?: Survival & { readonly key: string, /** Pods on nodes without that label. */ readonly unlabelled: number }
  /** How it would be spread; with --recommend, where there is something to say. */
  readonly recommendation?: Recommendation
}

/** The answer to "what shares a node that should not?". */
export interface Survey {
  /** Those on a single node first, then those that share nodes, the least survival first; then by namespace and name. */
  readonly findings: readonly Finding[]
  /** Pods that run and belong to no workload of the kinds asked for, by why. */
  readonly unassigned: { readonly orphans: readonly string[], readonly otherKinds: number }
  readonly missing: readonly string[]
}
