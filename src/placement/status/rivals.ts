import type { LabelSelector, Target } from '../distributor/distributor.ts'
import type { Listed } from '../distributor/listed.ts'

/** Which distributors have the same target as another one that is before them. Found by target, never pair by pair. */
export interface Rivals {
  /** @param before what stood in its place: the same namespace and name */
  readonly put: (before: Listed | undefined, after: Listed | undefined) => void
  /** The first distributor with the same target, if this one is left no pod by it. */
  readonly of: (one: Listed) => Listed | undefined
  /** Those of which `of` may say another thing since this was asked last. */
  readonly takeChanged: () => readonly Listed[]
}

/** The distributors of one namespace with one target, by name, and what is known of them, until one comes or goes. */
interface Bucket {
  readonly members: Map<string, Listed>
  rivals: ReadonlyMap<string, Listed>
}

export function createRivals(): Rivals {
  const buckets = new Map<string, Bucket>()
  const stale = new Set<string>()
  const edit = (one: Listed | undefined, change: (members: Map<string, Listed>) => void): void => {
    if (one?.target === undefined) return
    const key = keyOf(one.namespace, one.target)
    const bucket = buckets.get(key) ?? { members: new Map<string, Listed>(), rivals: new Map<string, Listed>() }
    buckets.set(key, bucket)
    change(bucket.members)
    stale.add(key)
  }
  const refresh = (key: string): readonly Listed[] => {
    stale.delete(key)
    const bucket = buckets.get(key)
    if (bucket === undefined) return []
    if (bucket.members.size === 0) buckets.delete(key)
    const before = bucket.rivals
    bucket.rivals = findRivals([...bucket.members.values()])
    return bucket.members.values().filter(({ name }) => before.get(name) !== bucket.rivals.get(name)).toArray()
  }
  /** Those whose rival changed at a refresh that `of` asked for. */
  let changed: Listed[] = []
  return {
    put(before, after) {
      edit(before, members => members.delete(before?.name ?? ''))
      if (after !== undefined) edit(after, members => members.set(after.name, after))
    },
    of(one) {
      if (one.target === undefined) return undefined
      const key = keyOf(one.namespace, one.target)
      if (stale.has(key)) changed.push(...refresh(key))
      return buckets.get(key)?.rivals.get(one.name)
    },
    takeChanged() {
      const taken = [...changed, ...[...stale].flatMap(refresh)]
      changed = []
      return taken
    },
  }
}

/**
 * Of distributors with one target, by name the one that takes all its pods: the first in precedence (the older, then by name) of those that
 * select every pod, or the same as it does. One that selects some pods leaves the rest to the next.
 */
export function findRivals(sameTarget: readonly Listed[]): ReadonlyMap<string, Listed> {
  const first = new Map<string, Listed>()
  const rivals = new Map<string, Listed>()
  for (const one of sameTarget.toSorted((a, b) => a.created - b.created || (a.name < b.name ? -1 : 1))) {
    const selector = selectorText(one.target?.podSelector)
    const rival = first.get(everyPod) ?? first.get(selector)
    if (rival === undefined) first.set(selector, one)
    else rivals.set(one.name, rival)
  }
  return rivals
}

function keyOf(namespace: string, { group, kind, name = '' }: Target): string {
  return `${namespace}/${group}/${kind}/${name}`
}

const everyPod = ''

/** The same for selectors that say the same in another order. */
function selectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return everyPod
  const { matchLabels = {}, matchExpressions = [] } = selector
  const labels = Object.entries(matchLabels).map(([key, value]) => JSON.stringify([key, 'In', [value]]))
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => JSON.stringify([key, operator, values.toSorted()]))
  return [...new Set([...labels, ...expressions])].toSorted().join()
}
