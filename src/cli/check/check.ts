import { setTimeout } from 'node:timers/promises'
import type { ClusterFlags } from '../cluster-flags.ts'
import type { Environment } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import { openConnection } from '../open-connection.ts'
import type { checkOutputs } from '../output-formats.ts'
import { printAs } from '../print-as.ts'
import { createApi } from './api.ts'
import { drawLines } from './draw-lines.ts'
import { examine } from './examine.ts'
import { checkNames } from './line.ts'
import type { Timing } from './look-at-lease.ts'
import { printable } from '../printable.ts'

export type CheckOutput = typeof checkOutputs[number]

export interface CheckFlags extends ClusterFlags {
  /** Of Versprei. */
  readonly namespace?: string
  readonly serviceAccount?: string
  readonly output: CheckOutput
}

export interface CheckIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
}

/**
 * `versprei check`: looks at an installation, one line for each thing, with what to do where it is not as it should be. It reads, and
 * creates one pod by dry run. Returns the exit code: 1 when a line fails, 2 when it is not known which cluster is meant.
 */
export async function check(flags: CheckFlags, io: CheckIo, wait: Timing['wait'] = setTimeout): Promise<number> {
  const tell = (line: string): void => io.stderr(`versprei check: ${printable(line)}\n`)
  const connection = await openConnection(flags, io.environment)
  if ('mistakes' in connection) {
    for (const mistake of connection.mistakes) tell(mistake)
    return 2
  }
  try {
    const now = (): number => io.now().getTime()
    const subject = { namespace: flags.namespace, serviceAccount: flags.serviceAccount }
    const lines = await examine(createApi(connection, now), connection.server, subject, { now, wait })
    const inOrder = lines.toSorted((a, b) => checkNames.indexOf(a.check) - checkNames.indexOf(b.check))
    io.stdout(printAs(flags.output, inOrder, () => drawLines(inOrder)))
    return lines.some(({ status }) => status === 'fail') ? 1 : 0
  } catch (error) {
    tell(messageOf(error))
    return 1
  } finally {
    await connection.close()
  }
}
