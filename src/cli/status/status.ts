import { systemClock } from '../../cluster/clock.ts'
import { rankReports } from '../../survey/distributors/rank-reports.ts'
import type { DistributorTrouble } from '../../survey/distributors/report.ts'
import type { ClusterFlags } from '../cluster-flags.ts'
import { createPaint, wantsColour, type Screen } from '../colour.ts'
import type { Environment } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import { printable } from '../printable.ts'
import { openCluster } from '../survey/open-cluster.ts'
import { lookForLeader } from './look-for-leader.ts'
import { printReports, type Looks, type StatusOutput } from './print-reports.ts'
import { readReports, type Reports } from './read-reports.ts'
import { watchStatus } from './watch-status.ts'

export interface StatusFlags extends ClusterFlags {
  /** Empty or absent: every one. */
  readonly namespace?: readonly string[]
  readonly output: StatusOutput
  readonly watch?: boolean
  readonly failOn?: readonly (DistributorTrouble | 'any')[]
  readonly color: boolean
}

export interface StatusIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
  readonly screen: () => Screen | undefined
  readonly signals: () => readonly [Promise<unknown>, Promise<unknown>]
}

/**
 * `versprei status`: every PodDistributor of a cluster by what the leader wrote of it, the worst first; with `--watch` until it is asked to
 * end. Reads only. Returns the exit code: 1 when something cannot be read, or is as `--fail-on` says; 2 when the cluster cannot be asked
 * at all.
 */
export async function status(flags: StatusFlags, io: StatusIo): Promise<number> {
  const tell = (line: string): void => io.stderr(`versprei status: ${printable(line)}\n`)
  const connection = await openCluster(flags, io.environment, systemClock, 'cluster')
  if ('mistakes' in connection) {
    for (const mistake of connection.mistakes) tell(mistake)
    return 2
  }
  try {
    const [found, noLeader] = await Promise.all([
      readReports(connection, flags.namespace ?? []), lookForLeader(connection, io.now().getTime()),
    ])
    if ('mistake' in found) {
      tell(found.mistake)
      return 2
    }
    for (const line of [...found.missing.map(one => `not read: ${one}`), ...(noLeader === undefined ? [] : [noLeader])]) tell(line)
    if (flags.watch === true && found.paths.length > 0) {
      const [ending] = io.signals()
      const { screen, stdout } = io
      await watchStatus({ connection, found, output: flags.output, looks: () => looksOf(flags, io), ending, tell, screen, stdout })
      return 0
    }
    if (found.paths.length > 0) io.stdout(printReports(found.reports, flags.output, looksOf(flags, io)))
    if (noLeader === undefined) for (const note of notesOn(found)) tell(note)
    return found.missing.length > 0 || isFailure(found, flags.failOn ?? []) ? 1 : 0
  } catch (error) {
    tell(messageOf(error))
    return 2
  } finally {
    await connection.close()
  }
}

/** What the screen is, and whether to paint, at this moment: a terminal's size changes. */
function looksOf({ color }: StatusFlags, { environment, screen, now }: StatusIo): Looks {
  const terminal = screen()
  return { paint: createPaint(wantsColour(color, environment, terminal)), columns: terminal?.columns, now: now().getTime() }
}

/** What the table is too short for. */
function notesOn({ reports }: Reports): readonly string[] {
  const late = reports.filter(({ troubles }) => troubles.includes('unjudged') || troubles.includes('stale'))
  if (late.length === 0) return []
  const [first] = rankReports(late)
  const whose = late.length === 1 ? `that of ${first?.namespace}/${first?.name}` : `${late.length} statuses`
  return [`${whose} the leader writes within seconds; where it does not, versprei check tells why`]
}

function isFailure({ reports }: Reports, failOn: readonly (DistributorTrouble | 'any')[]): boolean {
  return reports.some(({ troubles }) => troubles.length > 0 && (failOn.includes('any') || troubles.some(one => failOn.includes(one))))
}
