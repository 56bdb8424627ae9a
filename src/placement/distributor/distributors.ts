import type { LabelSelector } from './distributor.ts'
import type { Listed } from './listed.ts'
import { matchesLabels } from '../nodes/requirements.ts'
import type { Workload } from '../workload.ts'

/** All PodDistributors, found by the workload they target. */
export interface Distributors {
  readonly replace: (all: readonly Listed[]) => void
  readonly apply: (one: Listed) => void
  readonly remove: (namespace: string, name: string) => void
  /** The one that decides for a pod of these workloads: named before unnamed, then the older, then by name. */
  readonly find: (namespace: string, workloads: readonly Workload[], labels: Readonly<Record<string, string>>) => Listed | undefined
  readonly all: () => Iterable<Listed>
}

export function createDistributors(): Distributors {
  const listed = new Map<string, Listed>()
  /** Namespace → target → those that name it, first in precedence first. */
  const byTarget = new Map<string, Map<string, readonly Listed[]>>()

  const change = (one: Listed, edit: (rivals: readonly Listed[]) => readonly Listed[]): void => {
    if (one.target === undefined) return
    const targets = byTarget.get(one.namespace) ?? new Map<string, readonly Listed[]>()
    byTarget.set(one.namespace, targets)
    const key = targetKey(one.target, one.target.name)
    const rivals = edit(targets.get(key) ?? [])
    if (rivals.length === 0) targets.delete(key)
    else targets.set(key, rivals)
    if (targets.size === 0) byTarget.delete(one.namespace)
  }
  const remove = (namespace: string, name: string): void => {
    const one = listed.get(`${namespace}/${name}`)
    if (one === undefined) return
    listed.delete(`${namespace}/${name}`)
    change(one, rivals => rivals.filter(rival => rival !== one))
  }
  const apply = (one: Listed): void => {
    const before = listed.get(`${one.namespace}/${one.name}`)
    if (before !== undefined && saysTheSame(before, one)) return
    remove(one.namespace, one.name)
    listed.set(`${one.namespace}/${one.name}`, one)
    change(one, rivals => [...rivals, one].toSorted(byPrecedence))
  }
  return {
    apply,
    remove,
    replace(all) {
      const kept = new Set(all.map(({ namespace, name }) => `${namespace}/${name}`))
      for (const [key, { namespace, name }] of listed) if (!kept.has(key)) remove(namespace, name)
      for (const one of all) apply(one)
    },
    find(namespace, workloads, labels) {
      const targets = byTarget.get(namespace)
      if (targets === undefined) return undefined
      const first = (nameOf: (workload: Workload) => string | undefined): Listed | undefined => {
        let best: Listed | undefined
        for (const workload of workloads) {
          const one = targets.get(targetKey(workload, nameOf(workload)))?.find(({ target }) => isSelected(target?.podSelector, labels))
          if (one !== undefined && (best === undefined || byPrecedence(one, best) < 0)) best = one
        }
        return best
      }
      return first(workload => workload.name) ?? first(() => undefined)
    },
    all: () => listed.values(),
  }
}

/** A new status or another label changes nothing: the plan stays, and with it what is known by it. */
function saysTheSame(a: Listed, b: Listed): boolean {
  return whatItSays(a) === whatItSays(b)
}

function whatItSays({ created, target, outcome }: Listed): string {
  return JSON.stringify([created, target, 'plan' in outcome ? outcome.plan.distributor : outcome.mistakes])
}

function targetKey({ group, kind }: { readonly group: string, readonly kind: string }, name: string | undefined): string {
  return `${group}/${kind}/${name ?? ''}`
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
