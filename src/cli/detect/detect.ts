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
import type { ClusterFlags } from '../cluster-flags.ts'
import { openCluster } from '../survey/open-cluster.ts'
import { followLists } from '../survey/follow-lists.ts'
import { createProgress } from '../survey/progress.ts'
import { readState, type ReadState, type Wanted } from '../survey/read-state.ts'
import { advise } from './advise.ts'
import type { Output } from './output.ts'
import type { Picture } from './print/picture.ts'
import { render } from './render.ts'
import { tryChanges } from './try-changes.ts'
import { watchSurvey } from './watch.ts'
import { obstacleTo, writeOutput } from './write-output.ts'
import { printable } from '../printable.ts'

export interface DetectFlags extends ClusterFlags {
  /** The same as kubeconfig. */
  readonly file?: string
  readonly namespace?: readonly string[]
  readonly kind?: readonly WorkloadKind[]
  readonly selector?: string
  readonly topology?: string
  readonly minAvailable?: number | string
  readonly failOn?: readonly Condition[]
  readonly recommend?: boolean
  /** Recommends as well. */
  readonly verify?: boolean
  readonly output: Output
  readonly verbose?: boolean
  readonly watch?: boolean
  /** False: --no-color. */
  readonly color?: boolean
}

export interface DetectIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
  readonly screen: () => Screen | undefined
  /** From this call on signals do not end the process; resolves with the first, and the second, that asks it to end. */
  readonly signals: () => readonly [Promise<unknown>, Promise<unknown>]
  readonly isErrorTerminal?: () => boolean
}

/**
 * `versprei detect`: which workloads have several pods on one node, and how many nodes each can lose. Reads only. Returns the exit code: 1
 * where something could not be read, a workload is as --fail-on says, or a change was not accepted that --verify tried; 2 where there is no
 * answer.
 */
export async function detect(flags: DetectFlags, io: DetectIo, clock: Clock = systemClock): Promise<number> {
  const tell = (line: string): void => io.stderr(`versprei detect: ${printable(line)}\n`)
  const mistakes = (lines: readonly string[]): number => {
    for (const line of lines) tell(line)
    return 2
  }
  const wrong = await mistakeIn(flags)
  if (wrong !== undefined) return mistakes([wrong])
  const { file, kubeconfig = file, context, output } = flags
  const cluster = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) }
  const connection = await openCluster(cluster, io.environment, clock)
  if ('mistakes' in connection) return mistakes(connection.mistakes)
  try {
    if (flags.watch === true) return await watch(connection, flags, io, clock)
    const picture = await look(connection, flags, io, clock)
    const text = print(picture, flags, io, io.screen())
    if (output.file === undefined) io.stdout(text)
    else if (!await isWritten(output.file, text, tell)) return 1
    return judge(picture.survey, flags, tell)
  } catch (error) {
    return mistakes([explain(error, flags)])
  } finally {
    await connection.close()
  }
}

/** What is wrong with the flags together. Nobody is to wait for a cluster to hear of it. */
async function mistakeIn(flags: DetectFlags): Promise<string | undefined> {
  const { file, kubeconfig = file, output, watch = false } = flags
  if (file !== undefined && kubeconfig !== file) return '--file and --kubeconfig are the same, and name two files; leave one of them out'
  if (watch && isAdvised(flags)) return '--watch shows what stands where; leave out --recommend and --verify'
  if (watch && (output.format !== 'table' || output.file !== undefined)) return '--watch prints a table; leave out --output'
  if (isAdvised(flags) && (output.format === 'csv' || output.format === 'name')) {
    return `-o ${output.file ?? output.format} has no place for what --recommend and --verify say; use table, markdown, html, json or yaml`
  }
  return output.file === undefined ? undefined : obstacleTo(output.file)
}

async function isWritten(file: string, text: string, tell: (line: string) => void): Promise<boolean> {
  try {
    await writeOutput(file, text)
    return true
  } catch (error) {
    tell(messageOf(error))
    return false
  }
}

function print(picture: Picture, { output, verbose, color }: DetectFlags, { environment }: DetectIo, screen: Screen | undefined): string {
  return render(picture, output, { isWide: verbose === true, mayColour: color !== false, environment, screen })
}

function wantedBy(flags: DetectFlags): Wanted {
  const { namespace, kind: kinds = ['Deployment'], selector } = flags
  return { kinds, templates: isAdvised(flags), selector: selector?.trim() || undefined, namespaces: namespace && [...new Set(namespace)] }
}

const isAdvised = ({ recommend, verify }: DetectFlags): boolean => recommend === true || verify === true

function pictureOf(state: ReadState, { topology, minAvailable }: DetectFlags, { context, server }: Connection, at: Date): Picture {
  return {
    survey: takeSurvey(state, { topology, minAvailable }), nodes: useOfNodes(state), isUseWhole: state.areAllPodsRead,
    cluster: context === undefined ? server : `${context} (${server})`, at,
  }
}

const progressOn = (io: DetectIo, clock: Clock): ReturnType<typeof createProgress> =>
  createProgress(clock, io.stderr, { isTerminal: io.isErrorTerminal?.() ?? false, command: 'detect' })

/** One look at the cluster. Throws a ClusterError. */
async function look(connection: Connection, flags: DetectFlags, io: DetectIo, clock: Clock): Promise<Picture> {
  const progress = progressOn(io, clock)
  try {
    const reading = { connection, clock, signal: new AbortController().signal, onRead: progress.onRead }
    const state = await readState(wantedBy(flags), reading)
    const picture = pictureOf(state, flags, connection, io.now())
    if (!isAdvised(flags)) return picture
    const survey = await advise(picture.survey, state, flags.topology, reading)
    return { ...picture, survey: flags.verify === true ? await tryChanges(survey, connection) : survey }
  } finally {
    progress.end()
  }
}

/** Looks until it is asked to end. Throws a ClusterError where not even the first lists come. */
async function watch(connection: Connection, flags: DetectFlags, io: DetectIo, clock: Clock): Promise<number> {
  const ending = new AbortController()
  const { signal } = ending
  void io.signals()[0].then(() => ending.abort())
  const progress = progressOn(io, clock)
  const lists = followLists({ connection, clock, random: Math.random, signal, onRead: progress.onRead })
  try {
    await watchSurvey({
      lists, clock, signal, now: io.now, screen: io.screen, stdout: io.stdout, tell: line => io.stderr(`versprei detect: ${line}\n`),
      async look() {
        const state = await readState(wantedBy(flags), { connection, clock, signal }, lists.ask)
        progress.end()
        return pictureOf(state, flags, connection, io.now())
      },
      draw: (picture, screen) => print(picture, flags, io, screen),
    })
    return 0
  } finally {
    progress.end()
    await lists.stop()
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
  const isUntried = survey.findings.some(({ recommendation: { trial } = {} }) => trial !== undefined && trial.result !== 'accepted')
  return survey.missing.length > 0 || met.length > 0 || isUntried ? 1 : 0
}

/** The API server says what is wrong with a selector best. */
function explain(error: unknown, { selector }: DetectFlags): string {
  const isRefused = error instanceof ClusterError && error.status === 400 && selector !== undefined
  return isRefused ? `-l ${JSON.stringify(selector)} is no selector of labels: ${messageOf(error)}` : messageOf(error)
}
