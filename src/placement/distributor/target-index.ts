import type { LabelSelector, Target } from './distributor.ts'
import type { Listed } from './listed.ts'
import { matchesLabels } from '../nodes/requirements.ts'
import type { Workload } from '../workload.ts'

/** PodDistributors by what they target. */
export interface TargetIndex {
  readonly add: (one: Listed) => void
  readonly remove: (one: Listed) => void
  /** See `Distributors.find`. */
  readonly find: (namespace: string, workloads: readonly Workload[], labels: Readonly<Record<string, string>>) => Listed | undefined
}

/** From a target's name (empty without one) to those that name it, first in precedence first. */
type ByName = Map<string, readonly Listed[]>

export function createTargetIndex(): TargetIndex {
  /** Namespace → kind → name. Looked up with texts as they come: to join them first would cost more than all three steps. */
  const namespaces = new Map<string, Map<string, ByName>>()

  const change = (one: Listed, target: Target, edit: (rivals: readonly Listed[]) => readonly Listed[]): void => {
    const kinds = namespaces.get(one.namespace) ?? new Map<string, ByName>()
    const names: ByName = kinds.get(target.kind) ?? new Map<string, readonly Listed[]>()
    put(names, target.name ?? '', edit(names.get(target.name ?? '') ?? []), rivals => rivals.length)
    put(kinds, target.kind, names, ({ size }) => size)
    put(namespaces, one.namespace, kinds, ({ size }) => size)
  }

  return {
    add(one) {
      if (one.target !== undefined) change(one, one.target, rivals => [...rivals, one].toSorted(byPrecedence))
    },
    remove(one) {
      if (one.target !== undefined) change(one, one.target, rivals => rivals.filter(rival => rival !== one))
    },
    find(namespace, workloads, labels) {
      const kinds = namespaces.get(namespace)
      if (kinds === undefined) return undefined
      const first = (nameOf: (workload: Workload) => string): Listed | undefined => {
        let best: Listed | undefined
        for (const workload of workloads) {
          const rivals = kinds.get(workload.kind)?.get(nameOf(workload))
          const one = rivals?.find(({ target }) => target?.group === workload.group && isSelected(target.podSelector, labels))
          if (one !== undefined && (best === undefined || byPrecedence(one, best) < 0)) best = one
        }
        return best
      }
      return first(workload => workload.name) ?? first(() => '')
    },
  }
}

/** Nothing that is empty stays. */
function put<Value>(map: Map<string, Value>, key: string, value: Value, sizeOf: (value: Value) => number): void {
  if (sizeOf(value) > 0) map.set(key, value)
  else map.delete(key)
}

function byPrecedence(a: Listed, b: Listed): number {
  return a.created - b.created || (a.name < b.name ? -1 : 1)
}

function isSelected(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return true
  const { matchLabels = {}, matchExpressions = [] } = selector
  return Object.entries(matchLabels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
    && matchesLabels(matchExpressions, labels)
}
