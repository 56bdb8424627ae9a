import type { Connection } from '../../cluster/connection.ts'
import { readClusterVersions } from '../cluster-versions.ts'

/** A leader renews every 2 s, and loses the Lease after 15; beyond a minute not even the clocks of two machines explain it. */
const longestSilence = 60_000

/**
 * That nobody leads, in words: what stands in a status is then what the last leader wrote. Undefined: one leads, or it cannot be told (a
 * Versprei beside the cluster needs no Lease, and not everyone may look at one).
 *
 * @param now milliseconds since 1970
 */
export async function lookForLeader(connection: Connection, now: number): Promise<string | undefined> {
  const found = await readClusterVersions(connection, undefined).catch(() => undefined)
  if (found?.replicas === undefined) return undefined
  const { leader, renewed } = found.replicas
  if (leader !== undefined && (renewed === undefined || now - renewed <= longestSilence)) return undefined
  const when = renewed === undefined ? 'no replica leads' : `no replica has led since ${new Date(renewed).toISOString()}`
  return `${when}: this is what the last one wrote; versprei check tells more`
}
