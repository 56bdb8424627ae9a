import type { ConditionReason, ConditionType } from './reasons.ts'

/** `status` of a PodDistributor, as config/crd describes it. */
export interface DistributorStatus {
  /** metadata.generation of the spec that was judged. */
  readonly observedGeneration: number
  /** Kind and name of the target, such as `Deployment/web`; `Deployment/*` without a name. Absent where it cannot be told. */
  readonly target?: string
  /** This and what follows is absent where the spec is invalid: there are no groups then. */
  readonly pods?: number
  readonly split?: string
  readonly wanted?: string
  readonly deviation?: string
  readonly groups?: readonly GroupStatus[]
  readonly strays?: number
  readonly conditions: readonly Condition[]
}

export interface GroupStatus {
  readonly name: string
  readonly wanted: number
  readonly assigned: number
  readonly ready: number
  readonly state: 'Open' | 'Full'
}

export type ConditionStatus = 'True' | 'False' | 'Unknown'

export interface Condition<Type extends ConditionType = ConditionType> {
  readonly type: Type
  readonly status: ConditionStatus
  readonly observedGeneration: number
  /** RFC 3339, to the second. */
  readonly lastTransitionTime: string
  readonly reason: ConditionReason<Type>
  readonly message: string
}

/** What a condition says, before it is known since when. */
export interface Verdict<Type extends ConditionType = ConditionType> {
  readonly type: Type
  readonly status: ConditionStatus
  readonly reason: ConditionReason<Type>
  readonly message: string
}
