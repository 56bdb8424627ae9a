import type { Finding, WorkloadName } from './finding.ts'

/**
 * What needs mending first comes first: workloads on a single node, then those that share nodes, then all others; among them the least
 * survival. Where nothing runs there is nothing to be lost: last.
 */
export function byUrgency(a: Finding, b: Finding): number {
  return rank(a) - rank(b) || survivalOf(a) - survivalOf(b) || neededOf(a) - neededOf(b) || byName(a.workload, b.workload)
}

function rank({ isOnSingleNode, shared }: Finding): number {
  return isOnSingleNode ? 0 : shared.length > 0 ? 1 : 2
}

const never = Number.MAX_SAFE_INTEGER

function survivalOf({ nodes }: Finding): number {
  return nodes.untilNone ?? never
}

function neededOf({ nodes }: Finding): number {
  return nodes.untilTooFew?.losses ?? never
}

function byName(a: WorkloadName, b: WorkloadName): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name) || compare(a.kind, b.kind)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
