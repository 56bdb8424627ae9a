import type { Listed } from './listed.ts'
import { createPlan } from './plan.ts'
import { createSplits, type Splits } from './splits.ts'
import { createTargetIndex } from './target-index.ts'
import type { Workload } from '../workload.ts'

/** All PodDistributors, found by the workload they target. */
export interface Distributors {
  readonly replace: (all: readonly Listed[]) => void
  readonly apply: (one: Listed) => void
  readonly remove: (namespace: string, name: string) => void
  /** The one that decides for a pod of these workloads: named before unnamed, then the older, then by name. */
  readonly find: (namespace: string, workloads: readonly Workload[], labels: Readonly<Record<string, string>>) => Listed | undefined
  readonly get: (namespace: string, name: string) => Listed | undefined
  readonly all: () => Iterable<Listed>
}

export function createDistributors(): Distributors {
  const listed = new Map<string, Listed>()
  const targets = createTargetIndex()
  const splits = createSplits()

  const remove = (namespace: string, name: string): void => {
    const one = listed.get(`${namespace}/${name}`)
    if (one === undefined) return
    listed.delete(`${namespace}/${name}`)
    targets.remove(one)
    if ('plan' in one.outcome) splits.letGo(one.outcome.plan.distributor.groups)
  }
  const apply = (given: Listed): void => {
    const before = listed.get(`${given.namespace}/${given.name}`)
    const isSame = before !== undefined && saysTheSame(before, given)
    if (isSame && before.generation === given.generation && before.uid === given.uid) return
    // The plan stays where it can, and with it what is known by it.
    const one = { ...given, outcome: isSame ? retaken(before.outcome, splits) : withSplit(given.outcome, splits) }
    remove(one.namespace, one.name)
    listed.set(`${one.namespace}/${one.name}`, one)
    targets.add(one)
  }
  return {
    apply,
    remove,
    replace(all) {
      const kept = new Set(all.map(({ namespace, name }) => `${namespace}/${name}`))
      for (const [key, { namespace, name }] of listed) if (!kept.has(key)) remove(namespace, name)
      for (const one of all) apply(one)
    },
    get: (namespace, name) => listed.get(`${namespace}/${name}`),
    find: targets.find,
    all: () => listed.values(),
  }
}

function withSplit(outcome: Listed['outcome'], splits: Splits): Listed['outcome'] {
  return 'plan' in outcome ? { plan: createPlan(outcome.plan.distributor, splits.take) } : outcome
}

function retaken(outcome: Listed['outcome'], splits: Splits): Listed['outcome'] {
  if ('plan' in outcome) splits.take(outcome.plan.distributor.groups)
  return outcome
}

/** A new status or another label changes nothing. */
function saysTheSame(a: Listed, b: Listed): boolean {
  return whatItSays(a) === whatItSays(b)
}

function whatItSays({ created, target, outcome }: Listed): string {
  return JSON.stringify([created, target, 'plan' in outcome ? outcome.plan.distributor : outcome.mistakes])
}
