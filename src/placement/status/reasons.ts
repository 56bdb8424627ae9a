/**
 * What may be the matter with a distributor: the reasons of its condition `Degraded`, the gravest first. Explained in docs/reference.md.
 */
export const complaints = [
  'OverlappingGroups', 'GroupWithoutNodes', 'NoOpenGroup', 'PodsNeverAppear', 'TemplateSetsLabel', 'OwnDeletionCost', 'MayNotPatchPods',
] as const

export type Complaint = typeof complaints[number]

/** A complaint, and one sentence about it for people. */
export interface Complained {
  readonly complaint: Complaint
  readonly detail: string
}

/**
 * Every reason that a condition can have, by its type, in the order of the conditions in a status. Programs go by them: they stay as they
 * are, and docs/reference.md explains each.
 */
export const conditionReasons = {
  Ready: ['Placing', 'Auditing', 'InvalidSpec', 'Conflicted'],
  Balanced: ['InShares', 'NoPods', 'PodsStandWrong', 'Strays', 'AuditInShares', 'AuditPodsStandWrong', 'NotDeciding'],
  Degraded: ['AsExpected', ...complaints],
  Conflicted: ['NoConflict', 'AnotherDecides'],
} as const

export type ConditionType = keyof typeof conditionReasons

/** Of the condition of a type, or of any. */
export type ConditionReason<Type extends ConditionType = ConditionType> = typeof conditionReasons[Type][number]
