import type { Finding, Survey } from './finding.ts'

/** What must not be found. */
export type Condition =
  /** Several pods of a workload on one node. */
  | { readonly kind: 'shared' }
  /** All pods of a workload, several, on one node. */
  | { readonly kind: 'single-node' }
  /** A workload that survives the loss of fewer nodes than so many; a single pod survives none. */
  | { readonly kind: 'tolerates', readonly fewerThan: number }

/** `shared`, `single-node` or `tolerates<N`, N from 1; undefined for anything else. */
export function parseCondition(text: string): Condition | undefined {
  if (text === 'shared' || text === 'single-node') return { kind: text }
  const number = /^tolerates<(?<number>[1-9]\d{0,5})$/u.exec(text)?.groups?.['number']
  return number === undefined ? undefined : { kind: 'tolerates', fewerThan: Number(number) }
}

export function tellCondition(condition: Condition): string {
  return condition.kind === 'tolerates' ? `tolerates<${condition.fewerThan}` : condition.kind
}

/** The workloads that meet it. Of one of which no pod runs nothing can be lost: it meets none. */
export function findingsThat(condition: Condition, { findings }: Pick<Survey, 'findings'>): readonly Finding[] {
  return findings.filter(({ isOnSingleNode, shared, nodes: { untilNone } }) => {
    if (condition.kind === 'shared') return shared.length > 0
    if (condition.kind === 'single-node') return isOnSingleNode
    return untilNone !== undefined && untilNone < condition.fewerThan
  })
}
