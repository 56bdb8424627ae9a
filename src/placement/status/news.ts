import type { PreviousCondition } from './read-status.ts'
import { complaints } from './reasons.ts'
import type { Condition, DistributorStatus } from './status.ts'

/** The reasons of the events about distributors, explained in docs/reference.md. */
export const eventReasons = [
  'Placing', 'Auditing', 'InvalidSpec', 'AnotherDecides', 'NoConflict', 'PodsStandWrong', 'Balanced', ...complaints, 'AsExpected',
  'Adopted',
] as const

export type EventReason = typeof eventReasons[number]

/** Something that a person would want to know. */
export interface News {
  readonly type: 'Normal' | 'Warning'
  readonly reason: EventReason
  readonly note: string
}

/**
 * What is new in a status, but for `Balanced`, which comes and goes with every pod. What is well from the start is no news, nor is it news
 * twice that another distributor decides: the condition Ready says it after Conflicted.
 */
export function tellNews(previous: readonly PreviousCondition[], { conditions }: DistributorStatus): readonly News[] {
  return conditions.flatMap(condition => {
    const before = previous.find(({ type }) => type === condition.type)
    const isNew = before === undefined ? !isWell(condition) : before.status !== condition.status || before.reason !== condition.reason
    const reason = reasonOf(condition)
    if (!isNew || reason === undefined) return []
    return [{ type: isWell(condition) ? 'Normal' : 'Warning', reason, note: condition.message } satisfies News]
  })
}

function reasonOf({ type, reason }: Condition): EventReason | undefined {
  if (type === 'Balanced' || reason === 'Conflicted') return undefined
  return eventReasons.find(one => one === reason)
}

/** Whether a condition says what its owner hopes for. */
export function isWell({ type, status }: Pick<Condition, 'type' | 'status'>): boolean {
  return status === (type === 'Ready' || type === 'Balanced' ? 'True' : 'False')
}

