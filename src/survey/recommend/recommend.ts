import { assignPods, type Assigned } from '../assign.ts'
import type { ClusterState } from '../cluster-state.ts'
import { count } from '../count.ts'
import type { Finding, Survey } from '../finding.ts'
import { createRoom, type Room } from '../room/room.ts'
import { commandsFor } from './commands.ts'
import { distributorOption } from './distributor-option.ts'
import type { Option } from './option.ts'
import { obstacleTo, placedBy, type Placing } from './placed-by.ts'
import { promiseOf } from './promise.ts'
import type { Recommendation } from './recommendation.ts'
import { whyKept } from './replacing.ts'
import { spreadOption } from './spread-option.ts'
import { visibleGroups } from './visible-groups.ts'
import { describe, type Subject } from './subject.ts'
import { tellRefusals, tellTooLarge } from './words.ts'

export interface Advice extends Placing {
  /** With the templates of workloads, and the pods of every namespace: they take room too. */
  readonly state: ClusterState
  /** Whether all pods and nodes could be read: what is not known cannot be promised. */
  readonly isWhole: boolean
  /** --topology */
  readonly topology: string | undefined
}

/**
 * Says of each finding that shares nodes, stands on a single one or has no node large enough how it would be spread. Each recommendation
 * is by itself: it goes by the room that there is now, with all pods where they are.
 */
export function recommend(survey: Survey, advice: Advice): Survey {
  const room = createRoom(advice.state)
  const workloads = new Map(assignPods(advice.state).workloads.map(one => [keyOf(one.workload), one]))
  const findings = survey.findings.map(finding => {
    const assigned = workloads.get(keyOf(finding.workload))
    const recommendation = assigned === undefined ? undefined : adviseOn(finding, assigned, room, advice)
    return recommendation === undefined ? finding : { ...finding, recommendation }
  })
  return { ...survey, findings }
}

const keyOf = ({ group, kind, namespace, name }: Finding['workload']): string => [group, kind, namespace, name].join('/')

/** The kinds whose template may be changed, and whose controller, or a person, then makes the pods anew. */
const changeable = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout'])

const only = (summary: string, notes: readonly string[] = []): Recommendation => ({ summary, notes, commands: [] })

function adviseOn(finding: Finding, assigned: Assigned, room: Room, advice: Advice): Recommendation | undefined {
  const { workload: owner, pods } = assigned
  const wanted = finding.wanted ?? finding.pods
  if (wanted === 0) return undefined
  if (wanted === 1) {
    // Of a Job one pod may be all that there is to do.
    return finding.pods === 0 || !changeable.has(owner.kind) ? tooLarge(finding, assigned, room, advice)
      : only('one replica: there is nothing to spread, and it survives the loss of no node; ask for 2 or more')
  }
  const isTogether = finding.isOnSingleNode || finding.shared.length > 0 || (finding.topology?.untilNone === 0 && finding.pods > 1)
  if (!isTogether) return tooLarge(finding, assigned, room, advice)
  if (owner.kind === 'CronJob') return only('put a topologySpreadConstraint into its jobTemplate: it is for the Jobs to come')
  if (!changeable.has(owner.kind)) {
    return only(`the template of a ${owner.kind} that is there cannot be changed: put a topologySpreadConstraint into what makes it`)
  }
  const distributor = placedBy(assigned, advice)
  if (distributor !== undefined) {
    return only(`the PodDistributor ${distributor} places its pods: its spec.spread says how they stand within a group`)
  }
  if (owner.template === undefined) return only('its template was not read')
  const subject = describe({ finding, owner, pods, wanted }, advice.state, room)
  if (typeof subject === 'string') return only(`its template is none: ${subject}`)
  return adviseSpread(subject, advice)
}

function adviseSpread(subject: Subject, advice: Advice): Recommendation {
  const { candidates, finding, owner } = subject
  const nodes = tellNodes(subject, advice.state)
  if (!advice.isWhole) {
    const right = 'to list all nodes, and the pods of every namespace, is needed for that'
    return only('which nodes there are, or who takes their room, is not known: nothing can be said', [right])
  }
  if (candidates.length < 2) return only(`${count(candidates.length, 'node')} may take its pods: give it others to stand on`, nodes)
  const option = bestOf(subject, advice)
  if (typeof option === 'string') return only(option, [...nodes, ...subject.doubts])
  if (option.nodes === undefined ? isEven(finding, candidates.length) : !isBetter(option, finding)) {
    const where = `${count(finding.byNode.length, 'node')}, of ${candidates.length} that may take its pods`
    return only(`nothing spreads it further: it stands on ${where}`, nodes)
  }
  const promise = promiseOf(option, subject, advice.state)
  const kept = whyKept(owner)
  const notes = [...nodes, ...option.notes, ...kept === undefined ? [] : [kept], ...tellGroups(subject, advice)]
  const { summary, change } = option
  return { summary, notes, change, commands: commandsFor(owner, change), ...(promise !== undefined && { promise }) }
}

/** The PodDistributor where it spreads as far, for it says more: what is left when nodes of a group go together. */
function bestOf(subject: Subject, advice: Advice): Option | string {
  const { topology } = advice
  const spread = spreadOption(subject, topology)
  const isOut = topology !== undefined || obstacleTo(subject.owner, advice) !== undefined
  const distributor = isOut ? undefined : distributorOption(subject)
  const domains = typeof spread === 'string' ? 0 : spread.nodes?.domains ?? 0
  return distributor !== undefined && (distributor.nodes?.domains ?? 0) >= domains ? distributor : spread
}

/** Whether it stands as well as it can on so many nodes, and in several domains of --topology. */
function isEven({ byNode, pods, topology }: Finding, nodes: number): boolean {
  const fullest = byNode[0]?.pods.length ?? 0
  return byNode.length >= Math.min(pods, nodes) && fullest <= Math.ceil(pods / nodes) && topology?.untilNone !== 0
}

/** On more nodes or zones, or with fewer of its pods on the fullest. */
function isBetter({ nodes, topology }: Option, finding: Finding): boolean {
  const now = finding.byNode.length
  const fullest = finding.byNode[0]?.pods.length ?? 0
  if (topology !== undefined && topology.domains > (finding.topology?.domains ?? 0)) return true
  if (nodes === undefined || nodes.domains < now) return false
  return nodes.domains > now || (nodes.sizes !== undefined && Math.max(...nodes.sizes) < fullest)
}

function tellNodes({ refusals, ask }: Subject, { nodes }: ClusterState): readonly string[] {
  const refused = [...refusals.values()].filter(one => one !== undefined)
  const open = refusals.size - refused.length
  const others = refused.length === 0 ? '' : `; ${tellRefusals(refused)}`
  const room = `of ${count(refusals.size, 'node')} ${open} ${open === 1 ? 'has' : 'have'} room for another of its pods`
  return [`${room}${others}`, ...tellTooLarge(ask.requests, nodes)]
}

/** Who cannot have a PodDistributor is told of it only where nodes are of two kinds. */
function tellGroups({ candidates, owner }: Subject, advice: Advice): readonly string[] {
  const obstacle = obstacleTo(owner, advice)
  return obstacle !== undefined && visibleGroups(candidates.map(({ node }) => node)) !== undefined
    ? [`some of these nodes are spot nodes: a PodDistributor would divide the pods, but ${obstacle}`] : []
}

/** Pods that wait for a node as large as there is none. */
function tooLarge(finding: Finding, { workload: owner, pods }: Assigned, room: Room, { state }: Advice): Recommendation | undefined {
  if (finding.apart.pending.length === 0 || owner.template === undefined) return undefined
  const subject = describe({ finding, owner, pods, wanted: finding.wanted ?? finding.pods }, state, room)
  const lines = typeof subject === 'string' ? [] : tellTooLarge(subject.ask.requests, state.nodes)
  return lines[0] === undefined ? undefined : only(lines[0], lines.slice(1))
}
