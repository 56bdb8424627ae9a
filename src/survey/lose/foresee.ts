import type { PodDistributor } from '../../placement/distributor/distributor.ts'
import type { Listed } from '../../placement/distributor/listed.ts'
import type { Knowledge } from '../../placement/knowledge.ts'
import { matchesLabels } from '../../placement/nodes/requirements.ts'
import { workloadsOf } from '../../placement/workload.ts'
import { assignPods } from '../assign.ts'
import type { ClusterState, SurveyedNode, SurveyedPod } from '../cluster-state.ts'
import type { WorkloadName } from '../finding.ts'
import { createRoom } from '../room/room.ts'
import { standingOf } from '../standing.ts'
import { knownAfter } from './known-after.ts'
import type { Difficulty, Foresight, Outlook } from './outlook.ts'
import { replacePod, type Aftermath, type Fate } from './replace-pods.ts'

/** A pod that a workload wants, and whether it runs. */
interface Member {
  readonly pod: SurveyedPod
  readonly isRunning: boolean
}

/** Pods of one workload that one distributor places, or none does. */
interface Party {
  readonly workload: WorkloadName
  readonly distributor: PodDistributor | undefined
  readonly members: Member[]
}

/**
 * What would become of every workload were these nodes gone. Its lost pods are replaced, workload by workload in order of namespace and
 * name, by what admission would decide and where there is room; where that is short, who comes first gets it, and the cluster may do it in
 * another order. No survivor moves, and nothing is preempted.
 *
 * @param lost names of nodes
 */
export function foresee(
  state: ClusterState, distributors: readonly Listed[], lost: ReadonlySet<string>, applyPatch: Aftermath['applyPatch'],
): Foresight {
  const isLost = ({ node }: SurveyedPod): boolean => node !== undefined && lost.has(node)
  const nodes = state.nodes.filter(({ name }) => !lost.has(name))
  const pods = state.pods.filter(pod => !isLost(pod))
  const knowledge = knownAfter(distributors, nodes, pods)
  const owners = new Map(state.owners.map(one => [one.uid, one]))
  const after: Aftermath = { knowledge, nodes, room: createRoom({ nodes, pods }), owners, applyPatch }
  const labels = new Map(state.nodes.map(({ name, labels }) => [name, labels]))
  const { parties, uncontrolled } = partiesOf(state, knowledge)
  const workloads = parties.map(party => {
    const gone = party.members.filter(({ pod }) => isLost(pod)).toSorted((a, b) => (a.pod.name < b.pod.name ? -1 : 1))
    // What did not run is made again, too, and takes room; it is no worse off than before.
    const fates = gone.flatMap(({ pod, isRunning }) => {
      const fate = replacePod(pod, after)
      return isRunning ? [fate] : []
    })
    return outlookOf(party, isLost, fates, labels)
  })
  return {
    nodes: [...lost].toSorted(), ofNodes: state.nodes.length,
    workloads: workloads.toSorted((a, b) => hitOf(b) - hitOf(a) || b.wait + b.unsure - a.wait - a.unsure),
    goneForGood: uncontrolled.filter(pod => isLost(pod) && isActive(pod))
      .map(({ namespace, name }) => `${namespace}/${name}`).toSorted(),
  }
}

/** 1 where nothing is left. */
function hitOf({ pods, left }: Outlook): number {
  return pods > 0 && left === 0 ? 1 : 0
}

function isActive({ phase, isLeaving }: SurveyedPod): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed' && !isLeaving
}

interface Parties {
  /** By namespace and name. Pods that go with their node, and are not made again elsewhere, are of none. */
  readonly parties: readonly Party[]
  /** Pods that nobody would replace. */
  readonly uncontrolled: readonly SurveyedPod[]
}

function partiesOf(state: ClusterState, knowledge: Knowledge): Parties {
  const { workloads, orphans, others } = assignPods(state)
  const nodes = new Map(state.nodes.map(one => [one.name, one]))
  const parties = new Map<string, Party>()
  const add = (pod: SurveyedPod, workload: WorkloadName): void => {
    const standing = standingOf(pod, nodes)
    if (typeof standing === 'string' && standing !== 'pending') return
    const distributor = distributorOf(pod, knowledge)
    const { group, kind, namespace, name } = workload
    const key = [namespace, name, kind, group, distributor?.name ?? ''].join('/')
    const party = parties.get(key) ?? { workload: { group, kind, namespace, name }, distributor, members: [] }
    parties.set(key, party)
    party.members.push({ pod, isRunning: standing !== 'pending' })
  }
  for (const { workload, pods } of workloads) for (const pod of pods) add(pod, workload)
  for (const pod of others) {
    const { owner, namespace } = pod
    if (owner !== undefined && owner.kind !== 'DaemonSet' && owner.kind !== 'Node') add(pod, { ...owner, namespace })
  }
  return { parties: [...parties].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, party]) => party), uncontrolled: orphans }
}

function distributorOf({ namespace, owner, labels }: SurveyedPod, { distributors }: Knowledge): PodDistributor | undefined {
  if (owner === undefined) return undefined
  const outcome = distributors.find(namespace, workloadsOf(owner, labels), labels)?.outcome
  return outcome !== undefined && 'plan' in outcome ? outcome.plan.distributor : undefined
}

/**
 * @param fates of the lost pods that ran
 * @param labels of every node there was, by its name
 */
function outlookOf(
  { workload, distributor, members }: Party, isLost: (pod: SurveyedPod) => boolean, fates: readonly Fate[],
  labels: ReadonlyMap<string, SurveyedNode['labels']>,
): Outlook {
  const running = members.filter(({ isRunning }) => isRunning).map(({ pod }) => pod)
  const standing = running.flatMap(({ node }) => node ?? [])
  const left = running.filter(pod => !isLost(pod)).flatMap(({ node }) => node ?? [])
  const taken = fates.flatMap(fate => (fate.kind === 'fits' ? [fate.node] : []))
  const groups = distributor?.groups ?? []
  const countIn = (names: readonly string[], group: number): number =>
    names.filter(node => groups.findIndex(({ expressions }) => matchesLabels(expressions, labels.get(node) ?? {})) === group).length
  return {
    workload, ...(distributor !== undefined && { distributor: distributor.name }),
    pods: standing.length, left: left.length,
    fit: fates.filter(fate => fate.kind === 'fits' && fate.unseen.length === 0).length,
    unsure: fates.filter(fate => fate.kind === 'unknown' || (fate.kind === 'fits' && fate.unseen.length > 0)).length,
    wait: fates.filter(({ kind }) => kind === 'waits').length,
    pending: members.length - standing.length,
    groups: groups.map(({ name }, group) =>
      ({ name, now: countIn(standing, group), left: countIn(left, group), after: countIn([...left, ...taken], group) })),
    troubles: difficultiesOf(fates),
  }
}

function difficultiesOf(fates: readonly Fate[]): readonly Difficulty[] {
  const told = fates.flatMap((fate): readonly Omit<Difficulty, 'pods'>[] => {
    if (fate.kind === 'waits') return [{ reason: fate.reason, detail: fate.detail }]
    if (fate.kind === 'unknown') return [{ reason: 'unknown', detail: fate.detail }]
    return fate.unseen.length === 0 ? [] : [{ reason: 'uncertain', detail: fate.unseen.join(', ') }]
  })
  const alike = Map.groupBy(told, one => JSON.stringify(one))
  return [...alike.values()].flatMap(some => some.slice(0, 1).map(({ reason, detail }) => ({ reason, pods: some.length, detail })))
    .toSorted((a, b) => b.pods - a.pods)
}
