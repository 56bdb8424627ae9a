/** What a PodDistributor says, once it has been parsed: every default filled in, every name derived. */

export type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'

/** One requirement on a node's label, as in a NodeSelectorTerm's `matchExpressions`. */
export interface Expression {
  readonly key: string
  readonly operator: Operator
  readonly values?: readonly string[]
}

export interface Toleration {
  readonly key?: string
  readonly operator?: 'Exists' | 'Equal'
  readonly value?: string
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
  readonly tolerationSeconds?: number
}

/** A topologySpreadConstraint without its labelSelector: Versprei's own selects the group. */
export interface SpreadConstraint {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  readonly minDomains?: number
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore'
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore'
  readonly matchLabelKeys?: readonly string[]
}

/** A set of nodes, and its claim on the workload's pods. */
export interface Group {
  readonly name: string
  /** Every one must hold: `nodeLabel` (sorted by key, as In expressions), then `matchExpressions`. */
  readonly expressions: readonly Expression[]
  readonly weight: number
  readonly base: number
  readonly max?: number
  readonly tolerations: readonly Toleration[]
}

/** `podSelector`, as a Kubernetes LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly Expression[]
}

export interface Target {
  /** API group without the version; empty for the core group. */
  readonly group: string
  readonly kind: string
  /** Absent: every workload of that kind in the namespace. */
  readonly name?: string
  readonly podSelector?: LabelSelector
}

/**
 * Required: a pod runs on its group's nodes or not at all. Preferred: the scheduler looks there first. Audit: it is decided, counted and
 * reported, and nothing is patched.
 */
export type Enforcement = 'Required' | 'Preferred' | 'Audit'

export interface PodDistributor {
  readonly namespace: string
  readonly name: string
  /** Milliseconds since 1970, from creationTimestamp; 0 where there is none. */
  readonly created: number
  readonly target: Target
  readonly groups: readonly Group[]
  /** Absent: Required, but Preferred for pods that mount a PersistentVolumeClaim, whose zone decides where they can run. */
  readonly enforcement?: Enforcement
  /** Absent: the default constraints; empty: none. */
  readonly spread?: readonly SpreadConstraint[]
}

/** One mistake in an object that a person wrote: where, and what would be right. */
export interface Mistake {
  readonly path: string
  readonly message: string
}
