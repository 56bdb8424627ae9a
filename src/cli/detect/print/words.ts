import { count } from '../../../survey/count.ts'
import type { Finding, Survey, Survival, WorkloadName } from '../../../survey/finding.ts'
import { isAffected } from './picture.ts'

/** As kubectl's `-o name` has it: `deployment.apps/web`. */
export const referenceOf = ({ group, kind, name }: WorkloadName): string =>
  `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${name}`

/** What a domain of a topology is called: the last part of its label's key. */
export const domainName = (key: string): string => key.slice(key.lastIndexOf('/') + 1)

/** How a workload stands, in the words that every format has. */
export function standing({ pods, isOnSingleNode, shared }: Finding): 'no pod' | 'one pod' | 'single node' | 'shares nodes' | 'spread' {
  if (pods < 2) return pods === 0 ? 'no pod' : 'one pod'
  if (isOnSingleNode) return 'single node'
  return shared.length > 0 ? 'shares nodes' : 'spread'
}

/** How many pods there are: `2 of 3` where others are wanted. */
export const podsOf = ({ pods, wanted }: Finding): string =>
  wanted === undefined || wanted === pods ? String(pods) : `${pods} of ${wanted}`

/** What may be lost, its worst first, before no pod is left: `1 node, 0 zones`. */
export function survives(finding: Finding): string {
  return inEach(finding, ({ untilNone }, what) => (untilNone === undefined ? [] : [count(untilNone, what)]))
}

/**
 * What may be lost before fewer pods are left than are needed: `0 nodes, 0 zones (2 needed by pdb/web)`; `too few already` where they
 * are fewer now.
 */
export function keepsEnough(finding: Finding): string {
  const needs = new Set([finding.nodes, finding.topology].flatMap(one => needOf(one) ?? []))
  const losses = inEach(finding, (survival, what) => {
    const { untilTooFew } = survival
    if (untilTooFew === undefined) return []
    const loss = untilTooFew.losses < 0 ? 'too few already' : count(untilTooFew.losses, what)
    return [needs.size > 1 ? `${loss} (${needOf(survival)})` : loss]
  })
  return needs.size === 1 ? `${[...new Set(losses.split(', '))].join(', ')} (${[...needs].join()})` : losses
}

/** `2 needed by pdb/web`; `2 needed by pdb/web, not certain` where that is a guess. */
function needOf(survival: Survival | undefined): string | undefined {
  const need = survival?.untilTooFew
  if (need === undefined) return undefined
  return `${need.least} needed by ${need.by.replace(/^PodDisruptionBudget /u, 'pdb/')}${need.isEstimate === true ? ', not certain' : ''}`
}

function inEach({ nodes, topology }: Finding, say: (survival: Survival, what: string) => readonly string[]): string {
  return [...say(nodes, 'node'), ...(topology === undefined ? [] : say(topology, domainName(topology.key)))].join(', ') || '-'
}

/** Pods that do not count, and why: `1 pending, 2 finished`. */
export function apartOf({ apart, topology }: Finding): string {
  const kinds = [
    ['pending', apart.pending], ['leaving', apart.leaving], ['finished', apart.finished], ['node gone', apart.nodeGone],
  ] as const
  const isLabelled = topology === undefined || topology.unlabelled === 0
  const unlabelled = isLabelled ? [] : [`${topology.unlabelled} without ${domainName(topology.key)}`]
  return [...kinds.flatMap(([why, { length }]) => (length === 0 ? [] : [`${length} ${why}`])), ...unlabelled].join(', ')
}

/** The whole in a line: `3 of 41 workloads stand on a single node; 7 share nodes`. */
export function summary({ findings }: Survey): string {
  const single = findings.filter(one => standing(one) === 'single node').length
  const alone = findings.filter(one => standing(one) === 'one pod').length
  const shared = findings.filter(one => standing(one) === 'shares nodes').length
  const all = count(findings.length, 'workload')
  if (findings.length === 0) return 'there is no such workload'
  if (!findings.some(isAffected)) return `of ${all} none has two pods on one node`
  const parts = [
    `${single} of ${all} ${single === 1 || findings.length === 1 ? 'stands' : 'stand'} on a single node`,
    `${shared} ${shared === 1 ? 'shares' : 'share'} nodes`,
    ...(alone === 0 ? [] : [`${alone} ${alone === 1 ? 'has' : 'have'} one pod`]),
  ]
  return parts.join('; ')
}

/** Pods that run and are of no workload that was looked at; undefined where there is none. */
export function beside({ unassigned: { orphans, otherKinds } }: Survey): string | undefined {
  const parts = [
    ...(otherKinds === 0 ? [] : [`${count(otherKinds, 'pod')} of other kinds of workloads`]),
    ...(orphans.length === 0 ? [] : [`${count(orphans.length, 'pod')} that nobody controls`]),
  ]
  return parts.length === 0 ? undefined : `not looked at: ${parts.join(', ')}`
}
