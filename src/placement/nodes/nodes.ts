import type { Group } from '../distributor/distributor.ts'
import { isMap } from '../is-map.ts'
import { matchesLabels } from './requirements.ts'

type Labels = Readonly<Record<string, string>>

export interface Node {
  readonly name: string
  readonly labels: Labels
}

/** The nodes that are known, by name. */
export interface Nodes {
  readonly replace: (all: Iterable<Node>) => void
  readonly apply: (node: Node) => void
  readonly remove: (name: string) => void
  readonly size: () => number
  readonly all: () => Iterable<Node>
  /** Another number whenever a node came, went, or got other labels. */
  readonly version: () => number
  /** Undefined for a node that is not known. */
  readonly labelsOf: (name: string) => Labels | undefined
  /** Whether the group has a node, and each of its nodes has this label. */
  readonly everyOneHas: (group: Group, label: string) => boolean
  /** Whether each of these nodes is known, and none of them is in the group. */
  readonly areOutside: (group: Group, names: readonly string[]) => boolean
}

export function createNodes(): Nodes {
  const nodes = new Map<string, Labels>()
  /** Answers for each group, good until a node's labels change: heartbeats do not count. */
  let answers = new WeakMap<Group, Map<string, boolean>>()
  let version = 0
  const forget = (): void => {
    answers = new WeakMap()
    version += 1
  }
  const apply = ({ name, labels }: Node): void => {
    const before = nodes.get(name)
    nodes.set(name, labels)
    if (before === undefined || !isSame(before, labels)) forget()
  }
  return {
    apply,
    replace(all) {
      nodes.clear()
      for (const { name, labels } of all) nodes.set(name, labels)
      forget()
    },
    remove(name) {
      if (nodes.delete(name)) forget()
    },
    size: () => nodes.size,
    all: () => [...nodes].map(([name, labels]) => ({ name, labels })),
    version: () => version,
    labelsOf: name => nodes.get(name),
    everyOneHas(group, label) {
      const known = answers.get(group) ?? new Map<string, boolean>()
      answers.set(group, known)
      const answer = known.get(label) ?? isOnAll(nodes.values(), group, label)
      known.set(label, answer)
      return answer
    },
    areOutside: ({ expressions }, names) => names.every(name => {
      const labels = nodes.get(name)
      return labels !== undefined && !matchesLabels(expressions, labels)
    }),
  }
}

function isOnAll(nodes: Iterable<Labels>, group: Group, label: string): boolean {
  let any = false
  for (const labels of nodes) {
    if (!matchesLabels(group.expressions, labels)) continue
    if (!Object.hasOwn(labels, label)) return false
    any = true
  }
  return any
}

function isSame(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && a[key] === b[key])
}

/** A node of the cluster, from its metadata; undefined for what is none. */
export function readNode(object: unknown): Node | undefined {
  const metadata = isMap(object) ? object['metadata'] : undefined
  if (!isMap(metadata) || typeof metadata['name'] !== 'string') return undefined
  const labels = isMap(metadata['labels']) ? Object.entries(metadata['labels']) : []
  const texts = labels.filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { name: metadata['name'], labels: Object.fromEntries(texts) }
}
