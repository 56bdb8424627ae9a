import { ClusterError } from '../cluster/cluster-error.ts'
import type { Connection } from '../cluster/connection.ts'
import { paths } from '../cluster/follow.ts'
import { messageOf } from './message-of.ts'

const hints: Readonly<Record<keyof typeof paths, string>> = {
  poddistributors: 'is the CRD installed? It comes with the chart, and with config/crd',
  pods: 'may this account list pods? see config/rbac',
  nodes: 'may this account list nodes? see config/rbac',
}

/** Long enough for an API server under load, short enough for a person who mistyped an address. */
const patience = 8000

/**
 * Asks for one object of each resource that serving needs, until `ending` aborts. Returns what is wrong, each thing once;
 * empty: all is there.
 */
export async function preflight(
  connection: Pick<Connection, 'request' | 'server'>, ending?: AbortSignal,
): Promise<readonly string[]> {
  const signal = AbortSignal.any([AbortSignal.timeout(patience), ...(ending === undefined ? [] : [ending])])
  const resources = Object.keys(paths).filter((name): name is keyof typeof paths => name in paths)
  const results = await Promise.all(resources.map(async resource => {
    try {
      const response = await connection.request(paths[resource], { query: { limit: 1 }, signal })
      await response.text()
      return undefined
    } catch (error) {
      return describe(error, resource, connection.server)
    }
  }))
  return [...new Set(results.filter(result => result !== undefined))]
}

function describe(error: unknown, resource: keyof typeof paths, server: string): string {
  const message = messageOf(error)
  const status = error instanceof ClusterError ? error.status : undefined
  // No answer at all is said once, and not for each resource.
  if (status === undefined) return `${server} does not answer: ${message.replace(/^GET \S+: /u, '')}`
  return status === 403 || status === 404 ? `${message}; ${hints[resource]}` : message
}
