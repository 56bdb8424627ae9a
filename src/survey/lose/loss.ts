import type { Group } from '../../placement/distributor/distributor.ts'
import { matchesLabels } from '../../placement/nodes/requirements.ts'
import { zone } from '../../placement/nodes/known-labels.ts'
import type { SurveyedNode } from '../cluster-state.ts'

/** What is thought away: a node, all nodes with a label, or those of a group, by the name that distributors give it. */
export type Loss =
  | { readonly kind: 'node', readonly name: string }
  | { readonly kind: 'label', readonly key: string, readonly value: string }
  | { readonly kind: 'group', readonly name: string }

/** `node=NAME`, `group=NAME`, `zone=NAME`, or a node label `KEY=VALUE`; undefined for what is none of these. */
export function parseLoss(text: string): Loss | undefined {
  const at = text.indexOf('=')
  const [key, value] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)]
  if (key === '' || (value === '' && ['node', 'group', 'zone'].includes(key))) return undefined
  if (key === 'node' || key === 'group') return { kind: key, name: value }
  return { kind: 'label', key: key === 'zone' ? zone : key, value }
}

/** The names of the nodes that are lost; of a group those of every distributor that has one of this name. In order. */
export function nodesLostBy(loss: Loss, nodes: readonly SurveyedNode[], groups: readonly Group[]): readonly string[] {
  const named = loss.kind === 'group' ? groups.filter(({ name }) => name === loss.name) : []
  const isLost = ({ name, labels }: SurveyedNode): boolean => {
    if (loss.kind === 'node') return name === loss.name
    if (loss.kind === 'label') return Object.hasOwn(labels, loss.key) && labels[loss.key] === loss.value
    return named.some(({ expressions }) => matchesLabels(expressions, labels))
  }
  return nodes.filter(isLost).map(({ name }) => name).toSorted()
}

/** What might have been meant: the nodes, groups or values of the label that there are, in order. */
export function knownFor(loss: Loss, nodes: readonly SurveyedNode[], groups: readonly Group[]): readonly string[] {
  const known = loss.kind === 'node' ? nodes.map(({ name }) => name)
    : loss.kind === 'group' ? groups.map(({ name }) => name)
    : nodes.flatMap(({ labels }) => (Object.hasOwn(labels, loss.key) ? [labels[loss.key] ?? ''] : []))
  return [...new Set(known)].toSorted()
}
