import { systemClock } from '../../cluster/clock.ts'
import type { Connection } from '../../cluster/connection.ts'
import { mistakesOf, type Listed } from '../../placement/distributor/listed.ts'
import type { ClusterState } from '../../survey/cluster-state.ts'
import { foresee } from '../../survey/lose/foresee.ts'
import { knownFor, nodesLostBy } from '../../survey/lose/loss.ts'
import { applyPatch } from '../apply-patch.ts'
import type { Environment } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import { printable } from '../printable.ts'
import { parseSomeFlags } from '../some-flags.ts'
import { openCluster } from '../survey/open-cluster.ts'
import { askOnce, createLists } from '../survey/lists.ts'
import { createProgress } from '../survey/progress.ts'
import { readDistributors } from '../survey/read-distributors.ts'
import { readState, type ReadState } from '../survey/read-state.ts'
import { createRefusals } from '../survey/refusals.ts'
import type { AskedLoss } from './asked-loss.ts'
import { listSome } from './list-some.ts'
import { printForesight, type LoseOutput } from './print-foresight.ts'

export interface LoseFlags {
  /** A folder, as `plan` has it: there is nothing to lose in one. */
  readonly manifests?: string
  readonly kubeconfig?: string
  readonly context?: string
  /** Of the distributors whose workloads are shown; absent: of every one. */
  readonly namespace?: string
  readonly name?: string
  readonly lose: readonly AskedLoss[]
  /** Workloads that no distributor places, too. */
  readonly all?: boolean
  readonly output: LoseOutput
}

export interface LoseIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly isErrorTerminal?: () => boolean
}

/**
 * `versprei plan --lose`: what is left of each workload were some nodes gone, and what its replacements would find; by admission's own
 * code and a model of the scheduler's filters. Reads only. Returns the exit code: 1 when something cannot be read, or there is nothing to
 * lose by that name; 2 when it is used wrongly or the cluster cannot be asked.
 */
export async function lose(flags: LoseFlags, io: LoseIo): Promise<number> {
  const tell = (line: string): void => io.stderr(`versprei plan: ${printable(line)}\n`)
  const manifests = manifestsIn(flags, io.environment)
  if (manifests !== undefined) {
    tell(`${manifests}: a folder of manifests has no pods that could be lost; --lose asks a cluster: leave one of them out`)
    return 2
  }
  const connection = await openCluster(flags, io.environment, systemClock, 'cluster')
  if ('mistakes' in connection) {
    for (const mistake of connection.mistakes) tell(mistake)
    return 2
  }
  try {
    const { state, distributors, areAllDistributorsRead, missing } = await readAll(connection, io)
    const broken = distributors.flatMap(one => mistakesOf(one).map(mistake => `${one.namespace}/${one.name}: ${mistake}`))
    for (const line of [...missing.map(one => `not read: ${one}`), ...broken]) tell(line)
    if (!state.areAllPodsRead) tell('pods that were not read take no room here: what is said to fit may wait')
    if (!areAllDistributorsRead) tell('what PodDistributors that were not read place is taken to be placed by none')
    const fault = faultOf(state, distributors, flags)
    if (fault !== undefined) {
      tell(fault)
      return 1
    }
    const groups = groupsOf(distributors, flags)
    const lost = new Set(flags.lose.flatMap(({ loss }) => nodesLostBy(loss, state.nodes, groups)))
    const foresight = foresee(state, distributors, lost, applyPatch)
    const workloads = foresight.workloads.filter(({ workload: { namespace }, distributor }) => (distributor === undefined
      ? flags.all === true && flags.name === undefined && (flags.namespace === undefined || namespace === flags.namespace)
      : isMeant({ namespace, name: distributor }, flags)))
    io.stdout(printForesight({ ...foresight, workloads }, flags.lose.map(({ text }) => text), flags.output))
    return missing.length + broken.length > 0 ? 1 : 0
  } catch (error) {
    tell(messageOf(error))
    return 2
  } finally {
    await connection.close()
  }
}

/** What names a folder, as `plan` would take it: the flag or the variable. */
function manifestsIn({ manifests: folder, kubeconfig, context }: LoseFlags, environment: Environment): string | undefined {
  const given = {
    ...(folder !== undefined && { manifests: folder }),
    ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }),
  }
  const parsed = parseSomeFlags(['manifests', 'kubeconfig', 'context'], given, environment)
  const { manifests, names } = 'mistakes' in parsed ? parsed.readable : parsed.configuration
  return manifests === undefined ? undefined : names.manifests
}

const kinds = ['Deployment', 'StatefulSet', 'ReplicaSet', 'Job'] as const

interface Found {
  readonly state: ReadState
  /** None where the cluster does not know them. */
  readonly distributors: readonly Listed[]
  readonly areAllDistributorsRead: boolean
  /** What may not be read, a line each. */
  readonly missing: readonly string[]
}

async function readAll(connection: Connection, io: LoseIo): Promise<Found> {
  const progress = createProgress(systemClock, io.stderr, { isTerminal: io.isErrorTerminal?.() ?? false, command: 'plan' })
  const reading = { connection, clock: systemClock, signal: new AbortController().signal, onRead: progress.onRead }
  const refusals = createRefusals()
  try {
    const [state, { items, refusedIn }] = await Promise.all([
      readState({ kinds, optionalKinds: ['CronJob', 'Rollout'], templates: true }, reading),
      readDistributors(createLists(askOnce(reading), undefined, refusals)),
    ])
    const missing = [...new Set([...state.missing, ...refusals.lines()])]
    return { state, distributors: items, areAllDistributorsRead: refusedIn === 'nowhere', missing }
  } finally {
    progress.end()
  }
}

function isMeant({ namespace, name }: Pick<Listed, 'namespace' | 'name'>, flags: LoseFlags): boolean {
  return (flags.name === undefined || name === flags.name) && (flags.namespace === undefined || namespace === flags.namespace)
}

function groupsOf(distributors: readonly Listed[], flags: LoseFlags) {
  const meant = distributors.filter(one => isMeant(one, flags))
  return meant.flatMap(({ outcome }) => ('plan' in outcome ? outcome.plan.distributor.groups : []))
}

/** Why nothing can be foreseen, if that is so. */
function faultOf(state: ClusterState, distributors: readonly Listed[], flags: LoseFlags): string | undefined {
  if (!state.areNodesKnown) return 'without the nodes nothing can be foreseen'
  if (flags.name !== undefined && !distributors.some(one => isMeant(one, flags))) {
    return `there is no PodDistributor ${flags.name}; known: ${listSome(distributors.map(({ namespace, name }) => `${namespace}/${name}`))}`
  }
  const groups = groupsOf(distributors, flags)
  const empty = flags.lose.find(({ loss }) => nodesLostBy(loss, state.nodes, groups).length === 0)
  if (empty === undefined) return undefined
  const known = knownFor(empty.loss, state.nodes, groups)
  const isKnown = empty.loss.kind === 'group' && known.includes(empty.loss.name)
  return `--lose ${empty.text}: ${isKnown ? 'that group has no node' : `no node is that; known: ${listSome(known)}`}`
}
