import { writeFile } from 'node:fs/promises'
import { systemClock, type Clock } from '../../cluster/clock.ts'
import { ClusterError } from '../../cluster/cluster-error.ts'
import type { Connection } from '../../cluster/connection.ts'
import { findingsThat, tellCondition, type Condition } from '../../survey/condition.ts'
import type { Survey } from '../../survey/finding.ts'
import { useOfNodes } from '../../survey/node-use.ts'
import { takeSurvey } from '../../survey/take-survey.ts'
import type { WorkloadKind } from '../../survey/workload-kinds.ts'
import type { Screen } from '../colour.ts'
import type { Environment } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import type { ClusterFlags } from '../open-connection.ts'
import { openCluster } from '../survey/open-cluster.ts'
import { createProgress } from '../survey/progress.ts'
import { readState } from '../survey/read-state.ts'
import type { Output } from './output.ts'
import type { Picture } from './print/picture.ts'
import { render } from './render.ts'

export interface DetectFlags extends ClusterFlags {
  /** The same as kubeconfig. */
  readonly file?: string
  readonly namespace?: readonly string[]
  readonly kind?: readonly WorkloadKind[]
  readonly selector?: string
  readonly topology?: string
  readonly minAvailable?: number | string
  readonly failOn?: readonly Condition[]
  readonly output: Output
  readonly verbose?: boolean
}

export interface DetectIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
  readonly screen: () => Screen | undefined
  readonly isErrorTerminal?: () => boolean
}

/**
 * `versprei detect`: which workloads have several pods on one node, and how many nodes each can lose. Reads only. Returns the exit code: 1
 * where something could not be read, or a workload is as --fail-on says; 2 where there is no answer.
 */
export async function detect(flags: DetectFlags, io: DetectIo, clock: Clock = systemClock): Promise<number> {
  const tell = (line: string): void => io.stderr(`versprei detect: ${line}\n`)
  const mistakes = (lines: readonly string[]): number => {
    for (const line of lines) tell(line)
    return 2
  }
  const { file, kubeconfig = file, context } = flags
  if (file !== undefined && kubeconfig !== file) return mistakes(['--file and --kubeconfig are the same, and name two files; leave one of them out'])
  const connection = await openCluster({ ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) }, io.environment, clock)
  if ('mistakes' in connection) return mistakes(connection.mistakes)
  try {
    const picture = await look(connection, flags, io, clock)
    const text = render(picture, flags.output, { isWide: flags.verbose === true, environment: io.environment, screen: io.screen() })
    if (flags.output.file === undefined) io.stdout(text)
    else await writeFile(flags.output.file, text)
    return judge(picture.survey, flags, tell)
  } catch (error) {
    return mistakes([explain(error, flags)])
  } finally {
    await connection.close()
  }
}

/** One look at the cluster. Throws a ClusterError. */
async function look(connection: Connection, flags: DetectFlags, io: DetectIo, clock: Clock): Promise<Picture> {
  const { namespace: namespaces, kind: kinds = ['Deployment'], selector, topology, minAvailable } = flags
  const progress = createProgress(clock, io.stderr, { isTerminal: io.isErrorTerminal?.() ?? false, command: 'detect' })
  try {
    const reading = { connection, clock, signal: new AbortController().signal, onRead: progress.onRead }
    const wanted = { kinds, selector: selector?.trim() || undefined, namespaces: namespaces && [...new Set(namespaces)] }
    const state = await readState(wanted, reading)
    return {
      survey: takeSurvey(state, { topology, minAvailable }),
      nodes: useOfNodes(state), isUseWhole: state.areAllPodsRead,
      cluster: connection.context === undefined ? connection.server : `${connection.context} (${connection.server})`,
      at: io.now(),
    }
  } finally {
    progress.end()
  }
}

function judge(survey: Survey, { failOn = [] }: DetectFlags, tell: (line: string) => void): number {
  for (const line of survey.missing) tell(`not read: ${line}`)
  const met = failOn.filter(condition => {
    const [first, ...others] = findingsThat(condition, survey)
    if (first === undefined) return false
    const { kind, namespace, name } = first.workload
    tell(`--fail-on ${tellCondition(condition)}: ${kind} ${namespace}/${name}${others.length === 0 ? '' : `, and ${others.length} more`}`)
    return true
  })
  return survey.missing.length > 0 || met.length > 0 ? 1 : 0
}

/** The API server says what is wrong with a selector best. */
function explain(error: unknown, { selector }: DetectFlags): string {
  const isRefused = error instanceof ClusterError && error.status === 400 && selector !== undefined
  return isRefused ? `-l ${JSON.stringify(selector)} is no selector of labels: ${messageOf(error)}` : messageOf(error)
}
