import type { Group } from '../distributor/distributor.ts'
import { matchesLabels } from '../nodes/requirements.ts'
import type { Node } from '../nodes/nodes.ts'
import type { Complained } from './reasons.ts'

/** The nodes that groups are checked against. */
export interface CheckedNodes {
  readonly all: () => Iterable<Node>
  /** Another number whenever a node came, went, or got other labels. */
  readonly version: () => number
}

/** Finds what is wrong with the groups of a distributor, given the nodes there are. */
export type GroupCheck = (groups: readonly Group[]) => readonly Complained[]

/** Nodes that are all alike as far as some labels go. */
interface Alike {
  readonly labels: Node['labels']
  /** One of them. */
  readonly name: string
  count: number
}

/** Sets of label keys that are remembered: many distributors tell their groups apart by the same few labels. */
const mostSets = 256

/**
 * A check for groups that share a node, and for groups that have none. Of a node only the labels count that the groups speak of: 5,000
 * nodes are then a handful of kinds, which 10,000 distributors share.
 */
export function createGroupCheck(nodes: CheckedNodes): GroupCheck {
  let version = nodes.version()
  let kinds = new Map<string, readonly Alike[]>()
  const kindsBy = (keys: readonly string[]): readonly Alike[] => {
    const text = keys.join()
    const known = kinds.get(text)
    if (known !== undefined) return known
    if (kinds.size >= mostSets) kinds.delete(kinds.keys().next().value ?? '')
    const found = findKinds(nodes.all(), keys)
    kinds.set(text, found)
    return found
  }
  return groups => {
    if (version !== nodes.version()) [version, kinds] = [nodes.version(), new Map()]
    const keys = [...new Set(groups.flatMap(({ expressions }) => expressions.map(({ key }) => key)))].toSorted()
    return checkGroups(groups, kindsBy(keys))
  }
}

function findKinds(nodes: Iterable<Node>, keys: readonly string[]): readonly Alike[] {
  const found = new Map<string, Alike>()
  for (const { name, labels } of nodes) {
    const own = keys.filter(key => Object.hasOwn(labels, key)).map(key => [key, labels[key] ?? ''] as const)
    const text = JSON.stringify(own)
    const alike = found.get(text)
    if (alike === undefined) found.set(text, { labels: Object.fromEntries(own), name, count: 1 })
    else alike.count += 1
  }
  return [...found.values()]
}

function checkGroups(groups: readonly Group[], kinds: readonly Alike[]): readonly Complained[] {
  // Before the first node is known, nothing is wrong.
  if (kinds.length === 0) return []
  const members = groups.map(({ expressions }) => kinds.filter(({ labels }) => matchesLabels(expressions, labels)))
  const lonely = groups.filter(({ weight, base }, group) => weight + base > 0 && members[group]?.length === 0).map(({ name }) => name)
  return [...tellOverlaps(groups, members), ...lonely.length === 0 ? [] : [tellLonely(lonely)]]
}

function tellOverlaps(groups: readonly Group[], members: readonly (readonly Alike[])[]): readonly Complained[] {
  /** The groups that a kind of nodes is in; who is in two is told with the first two. */
  const shared = new Map<Alike, readonly string[]>()
  for (const [group, alikes] of members.entries()) {
    for (const alike of alikes) shared.set(alike, [...shared.get(alike) ?? [], groups[group]?.name ?? ''])
  }
  const twice = [...shared].filter(([, names]) => names.length > 1)
  const [first] = twice
  if (first === undefined) return []
  const [{ name }, [one = '', other = '']] = first
  const others = twice.reduce((sum, [{ count }]) => sum + count, -1)
  const rest = others === 0 ? '' : `, and ${others} more ${others === 1 ? 'node is' : 'nodes are'} in two groups`
  const detail = `node ${name} is in both ${one} and ${other}${rest}: a pod of the one may run in the other`
  return [{ complaint: 'OverlappingGroups', detail }]
}

function tellLonely(names: readonly string[]): Complained {
  const detail = names.length === 1 ? `group ${names[0] ?? ''} has no node` : `groups ${names.join(', ')} have no node`
  return { complaint: 'GroupWithoutNodes', detail: `${detail}: pods placed there wait for one` }
}
