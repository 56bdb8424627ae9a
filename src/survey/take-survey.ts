import { assignPods, type Assigned } from './assign.ts'
import { byUrgency } from './by-urgency.ts'
import type { ClusterState, SurveyedNode, SurveyedPod } from './cluster-state.ts'
import type { Finding, Survey, Survival } from './finding.ts'
import { createNeeds, type Need, type NeedsOf } from './needs.ts'
import { groupByDomain, standingOf, type Apart, type Standing } from './standing.ts'
import { lossesUntil, portionOf } from './survival.ts'

export interface SurveyOptions {
  /** A label of nodes, whose values are domains as nodes are. */
  readonly topology?: string | undefined
  /** How many pods of each workload are needed: a number, or a share such as `50%`, rounded up. In place of all budgets. */
  readonly minAvailable?: number | string | undefined
}

type NodeMap = ReadonlyMap<string, SurveyedNode>

/** What shares a node that should not: the answer for each workload that was asked for. */
export function takeSurvey(state: ClusterState, options: SurveyOptions = {}): Survey {
  const nodes = new Map(state.nodes.map(node => [node.name, node]))
  const known = state.areNodesKnown ? nodes : undefined
  const standing = state.pods.map(pod => standingOf(pod, known)).filter(one => typeof one === 'object')
  const needsOf = createNeeds(state, standing)
  const { workloads, orphans, others } = assignPods(state)
  const findings = workloads.filter(isToBeTold).map(assigned => find(assigned, { nodes, known, needsOf, options }))
  const runs = (pod: SurveyedPod): boolean => typeof standingOf(pod, known) === 'object'
  return {
    findings: findings.toSorted(byUrgency),
    unassigned: {
      orphans: orphans.filter(runs).map(({ namespace, name }) => `${namespace}/${name}`).toSorted(),
      otherKinds: others.filter(runs).length,
    },
    missing: state.missing,
  }
}

/** Of one that wants no pod and has none, or whose pods have all finished, there is nothing to say: it stands nowhere. */
function isToBeTold({ workload, pods }: Assigned): boolean {
  if (pods.length === 0) return workload.replicas !== 0 && workload.kind !== 'CronJob'
  return pods.some(pod => standingOf(pod, undefined) !== 'finished')
}

interface Surroundings {
  readonly nodes: NodeMap
  readonly known: NodeMap | undefined
  readonly needsOf: NeedsOf
  readonly options: SurveyOptions
}

function find({ workload, pods }: Assigned, { nodes, known, needsOf, options }: Surroundings): Finding {
  const { group, kind, namespace, name, replicas } = workload
  const judged = pods.map(pod => ({ pod, standing: standingOf(pod, known) }))
  const running = judged.map(one => one.standing).filter(one => typeof one === 'object')
  const apart = (why: Apart): readonly string[] => judged.filter(one => one.standing === why).map(({ pod }) => pod.name).toSorted()
  const byNode = groupByDomain(running, ({ node }) => node)
  const needs = options.minAvailable === undefined ? needsOf(pods) : ownNeed(options.minAvailable, replicas, running)
  return {
    workload: { group, kind, namespace, name },
    wanted: replicas,
    pods: running.length,
    revisions: new Set(running.map(({ pod }) => pod.owner?.uid)).size,
    byNode,
    shared: byNode.filter(one => one.pods.length > 1),
    isOnSingleNode: running.length > 1 && byNode.length === 1,
    apart: { pending: apart('pending'), leaving: apart('leaving'), finished: apart('finished'), nodeGone: apart('nodeGone') },
    nodes: survive(running, needs, ({ node }) => node),
    ...(options.topology !== undefined && { topology: surviveBy(options.topology, nodes, running, needs) }),
  }
}

function surviveBy(key: string, nodes: NodeMap, running: readonly Standing[], needs: readonly Need[]): NonNullable<Finding['topology']> {
  const labelOf = ({ node }: Standing): string | undefined => labelIn(nodes.get(node), key)
  return { key, ...survive(running, needs, labelOf), unlabelled: running.filter(one => labelOf(one) === undefined).length }
}

/** An empty value is one as good as any: to the scheduler, nodes that have it are a domain. */
function labelIn(node: SurveyedNode | undefined, key: string): string | undefined {
  return node !== undefined && Object.hasOwn(node.labels, key) ? node.labels[key] : undefined
}

/** Of what its owner wants; where that is not said, of what runs. */
function ownNeed(minAvailable: number | string, wanted: number | undefined, running: readonly Standing[]): readonly Need[] {
  const least = portionOf(minAvailable, wanted ?? running.length)
  return least === undefined ? [] : [{ least, by: '--min-available', pods: running, isEstimate: false }]
}

/** Pods in no domain are not counted on: which loss would take them is not known. Until there is one they stand. */
function survive(running: readonly Standing[], needs: readonly Need[], domainOf: (standing: Standing) => string | undefined): Survival {
  const domains = sizesOf(running, domainOf)
  const tightest = needs.flatMap(({ least, by, pods, isEstimate }) => {
    const losses = lossesOf(pods, sizesOf(pods, domainOf), least)
    return losses === undefined ? [] : [{ least, by, losses, ...(isEstimate && { isEstimate }) }]
  }).toSorted((a, b) => a.losses - b.losses || b.least - a.least || (a.by < b.by ? -1 : 1))[0]
  return {
    domains: domains.length,
    untilNone: domains.length === 0 ? undefined : lossesUntil(domains, 1),
    ...(tightest !== undefined && { untilTooFew: tightest }),
  }
}

/** Undefined where there are enough, and none of them is in a domain: nothing is known of losing one. */
function lossesOf(pods: readonly Standing[], sizes: readonly number[], least: number): number | undefined {
  if (pods.length < least) return -1
  return sizes.length === 0 && pods.length > 0 ? undefined : Math.max(0, lossesUntil(sizes, least))
}

function sizesOf(running: readonly Standing[], domainOf: (standing: Standing) => string | undefined): readonly number[] {
  const sizes = new Map<string, number>()
  for (const one of running) {
    const domain = domainOf(one)
    if (domain !== undefined) sizes.set(domain, (sizes.get(domain) ?? 0) + 1)
  }
  return [...sizes.values()]
}
