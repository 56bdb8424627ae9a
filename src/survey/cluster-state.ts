import type { Owner } from '../placement/pod.ts'

/** An amount of each resource by its name: `cpu` in thousandths of a core, `memory` and other bytes in bytes, the rest in pieces. */
export type Amounts = Readonly<Record<string, number>>

/** A pod, as far as a survey reads it. */
export interface SurveyedPod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly labels: Readonly<Record<string, string>>
  /** Those of Versprei, and of controllers that choose pods by them; no others. */
  readonly annotations: Readonly<Record<string, string>>
  /** Its controlling owner; undefined for a pod that nobody controls. */
  readonly owner: Owner | undefined
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  readonly isReady: boolean
  /** Whether somebody asked for its end: it has a deletionTimestamp. */
  readonly isLeaving: boolean
  readonly node: string | undefined
  /** What the scheduler counts for it: the largest of its init containers' requests and the sum of its containers', with its overhead. */
  readonly requests: Amounts
  /** What the scheduler said of it last; undefined where it is scheduled, or nothing was said. */
  readonly unschedulable: string | undefined
}

export interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: string
}

export interface SurveyedNode {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly isReady: boolean
  /** Whether it is cordoned. */
  readonly isUnschedulable: boolean
  readonly allocatable: Amounts
}

/** A controller of pods, or a controller of such a one: Deployment, ReplicaSet, StatefulSet, Job, CronJob, Rollout, DaemonSet … */
export interface SurveyedOwner {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly labels: Readonly<Record<string, string>>
  readonly owner: Owner | undefined
  /** spec.replicas (of a Job: spec.parallelism); undefined where the kind has none. */
  readonly replicas: number | undefined
  /** Whether it is a workload that was asked for, by its kind and the selector; the others are there to follow pods by. */
  readonly isAsked: boolean
  /** spec.template as it stands, of workloads that were asked for with their templates; undefined for all others. */
  readonly template: unknown
  /** spec.selector as it stands, and whether each pod gets volumes of its own (volumeClaimTemplates): where there is a template. */
  readonly selector?: unknown
  readonly hasClaims?: boolean
  /** Why its controller keeps pods when the template changes, or those of an ordinal below one; absent where it replaces them all. */
  readonly holdsBack?: { readonly by: 'paused' | 'on-delete' } | { readonly by: 'partition', readonly below: number }
}

/** A PodDisruptionBudget. */
export interface SurveyedBudget {
  readonly namespace: string
  readonly name: string
  /** spec.selector as it stands. */
  readonly selector: unknown
  /** As they stand: a number, or a text such as `50%`. */
  readonly minAvailable: number | string | undefined
  readonly maxUnavailable: number | string | undefined
  /** status.desiredHealthy: how many pods that comes to; undefined where the status does not say it of this spec. */
  readonly desiredHealthy: number | undefined
}

/** What was read of a cluster at one moment. */
export interface ClusterState {
  readonly pods: readonly SurveyedPod[]
  readonly nodes: readonly SurveyedNode[]
  readonly owners: readonly SurveyedOwner[]
  readonly budgets: readonly SurveyedBudget[]
  /** The kinds of which every owner was read, such as `apps/ReplicaSet`: what is named as one and is not among `owners` is not there. */
  readonly wholeKinds: readonly string[]
  /** Whether `nodes` are all there are. */
  readonly areNodesKnown: boolean
  /** What could not be read and why, a line each: `nodes: … may not list nodes`. */
  readonly missing: readonly string[]
}
