import { systemClock } from '../../cluster/clock.ts'
import { ClusterError } from '../../cluster/cluster-error.ts'
import type { Connection } from '../../cluster/connection.ts'
import { listAll } from '../../cluster/list.ts'
import { apiVersion } from '../../placement/keys.ts'
import { reportOf, type DistributorReport } from '../../survey/distributors/report.ts'
import { messageOf } from '../message-of.ts'

/** What was read of the PodDistributors. */
export interface Reports {
  readonly reports: readonly DistributorReport[]
  /** Where they were read. */
  readonly paths: readonly string[]
  /** What may not be read, a line each. */
  readonly missing: readonly string[]
}

/** Milliseconds for a page of a list: whoever mistyped an address is told within ten seconds. */
const patience = 8000

/** Where the API server has the PodDistributors of these namespaces; of all of them where none is named. */
export function pathsOf(namespaces: readonly string[]): readonly string[] {
  if (namespaces.length === 0) return [`/apis/${apiVersion}/poddistributors`]
  return [...new Set(namespaces)].map(namespace => `/apis/${apiVersion}/namespaces/${namespace}/poddistributors`)
}

/**
 * The PodDistributors of these namespaces, or of all, each asked for by itself: a user may have rights in one alone. Returns a mistake
 * where nothing can be asked at all: the API server does not answer, fails, does not take the credentials, or has no such kind.
 */
export async function readReports(
  connection: Pick<Connection, 'request' | 'server'>, namespaces: readonly string[],
): Promise<Reports | { readonly mistake: string }> {
  const reports: DistributorReport[] = []
  const [paths, missing]: [string[], string[]] = [[], []]
  for (const path of pathsOf(namespaces)) {
    try {
      const { items } = await listAll({
        connection, path, query: {}, accept: 'application/json', pageSize: 500, timeout: patience, clock: systemClock,
        signal: new AbortController().signal, keep: reportOf,
      })
      reports.push(...items)
      paths.push(path)
    } catch (error) {
      const mistake = mistakeOf(error, connection.server)
      if (mistake !== undefined) return { mistake }
      missing.push(tellMissing(error, namespaces))
    }
  }
  return { reports, paths, missing }
}

function mistakeOf(error: unknown, server: string): string | undefined {
  const { status } = error instanceof ClusterError ? error : {}
  if (status === undefined) return `${server} does not answer: ${messageOf(error).replace(/^GET \S+: /u, '')}`
  if (status === 401) return `${messageOf(error)}; the API server does not take these credentials`
  if (status === 404) return `${messageOf(error)}; is the CRD installed? kubectl apply -k config`
  return status === 403 ? undefined : messageOf(error)
}

function tellMissing(error: unknown, namespaces: readonly string[]): string {
  return namespaces.length === 0 ? `${messageOf(error)}; -n NAMESPACE asks for those of one namespace` : messageOf(error)
}
