import type { ClusterState } from '../cluster-state.ts'
import type { Finding } from '../finding.ts'
import { createLabelMatch } from '../label-selector.ts'
import { lossesOf, type Filled } from './fill.ts'
import type { Option } from './option.ts'
import type { Promised, PromisedLosses } from './recommendation.ts'
import type { Subject } from './subject.ts'

/** What is certain of an option, in the figures of a survey. */
export function promiseOf({ nodes, topology }: Option, subject: Subject, state: ClusterState): Promised | undefined {
  if (nodes === undefined) return undefined
  const { finding } = subject
  const isOwn = isOwnNeed(subject, state)
  const losses = (filled: Filled, now: Finding['nodes']): PromisedLosses => lossesOf(filled, isOwn ? needOf(now) : undefined)
  return {
    nodes: losses(nodes, finding.nodes),
    ...(topology !== undefined && finding.topology !== undefined && {
      topology: { key: finding.topology.key, ...losses(topology, finding.topology) },
    }),
  }
}

function needOf({ untilTooFew }: Finding['nodes']): { readonly least: number, readonly by: string } | undefined {
  // Of what is only guessed nothing is promised.
  return untilTooFew === undefined || untilTooFew.isEstimate === true ? undefined : { least: untilTooFew.least, by: untilTooFew.by }
}

/** Whether what says how many pods are needed speaks of this workload's pods alone, and is one: of others' pods nothing is certain. */
function isOwnNeed({ finding, owner, ask }: Subject, { budgets, pods }: ClusterState): boolean {
  if (finding.nodes.untilTooFew?.by === '--min-available') return true
  const matches = budgets.filter(({ namespace }) => namespace === owner.namespace)
    .map(({ selector }) => createLabelMatch(selector)).filter(match => match(ask.labels))
  const selected = pods.filter(({ namespace, labels }) => namespace === owner.namespace && matches.some(match => match(labels)))
  return matches.length === 1 && selected.length === finding.pods
}
