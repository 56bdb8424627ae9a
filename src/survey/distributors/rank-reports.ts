import { troubles, type DistributorReport, type DistributorTrouble } from './report.ts'

/**
 * The worst deviation first, those of which none is known before all: nothing vouches for them. Of those that are equally far off the ones
 * with the graver trouble, then by namespace and name.
 */
export function rankReports(reports: readonly DistributorReport[]): readonly DistributorReport[] {
  return reports.toSorted((a, b) => (deviationOf(a) === deviationOf(b)
    ? gravityOf(a) - gravityOf(b) || compare(a.namespace, b.namespace) || compare(a.name, b.name)
    : deviationOf(b) - deviationOf(a)))
}

function deviationOf({ deviation = Infinity }: DistributorReport): number {
  return deviation
}

/** The lower the graver. */
function gravityOf({ troubles: [first] }: DistributorReport): number {
  return first === undefined ? troubles.length : troubles.indexOf(first)
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** PodDistributors, added up. */
export interface ReportSum {
  readonly distributors: number
  /** Those with which something is the matter. */
  readonly off: number
  /** How many have each trouble; one may have several. */
  readonly byTrouble: readonly (readonly [trouble: DistributorTrouble, count: number])[]
  /** Pods that were placed or adopted; strays are none of them. */
  readonly placed: number
  readonly strays: number
}

export function sumReports(reports: readonly DistributorReport[]): ReportSum {
  const strays = reports.reduce((sum, one) => sum + (one.strays ?? 0), 0)
  const counts = troubles.map(trouble => [trouble, reports.filter(one => one.troubles.includes(trouble)).length] as const)
  return {
    distributors: reports.length, off: reports.filter(one => one.troubles.length > 0).length,
    byTrouble: counts.filter(([, count]) => count > 0),
    placed: reports.reduce((sum, { pods = 0 }) => sum + pods, 0) - strays, strays,
  }
}
