import { kubectl } from './cluster.ts'

interface Thing {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly generation?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
    readonly ownerReferences?: readonly { readonly uid: string, readonly kind: string, readonly controller?: boolean }[]
  }
  readonly spec: {
    readonly nodeName?: string
    readonly replicas?: number
    readonly minAvailable?: number | string
    readonly maxUnavailable?: number | string
    readonly selector?: {
      readonly matchLabels?: Readonly<Record<string, string>>
      readonly matchExpressions?: readonly { readonly key: string, readonly values: readonly string[] }[]
    }
  }
  readonly status: {
    readonly phase?: string
    readonly observedGeneration?: number
    readonly expectedPods?: number
    readonly desiredHealthy?: number
    readonly conditions?: readonly { readonly type: string, readonly reason?: string }[]
  }
}

/** What `versprei detect -o json` has to say of one Deployment, but for which budget says so. */
export interface Counted {
  readonly name: string
  readonly wanted: number
  readonly byNode: Readonly<Record<string, readonly string[]>>
  readonly apart: Readonly<Record<'pending' | 'leaving' | 'finished' | 'nodeGone', readonly string[]>>
  readonly revisions: number
  readonly survives: number | undefined
  readonly survivesBudget: number | undefined
  readonly zones: number
  readonly survivesZones: number | undefined
}

export interface CountedAll {
  readonly deployments: readonly Counted[]
  readonly orphans: readonly string[]
  readonly others: number
}

const zoneKey = 'topology.kubernetes.io/zone'

/** Of sizes that are lost from the largest on, so many are left as those of the smallest that hold `least` pods leave over. */
const mayLose = (sizes: readonly number[], least: number): number => {
  const rising = sizes.toSorted((a, b) => a - b)
  for (let kept = 0; kept <= rising.length; kept++) {
    if (rising.slice(0, kept).reduce((a, b) => a + b, 0) >= least) return rising.length - kept
  }
  return -1
}

const tally = (values: readonly string[]): readonly number[] => [...new Set(values)].map(value => values.filter(other => other === value).length)

const share = (text: number | string, all: number): number => typeof text === 'number' ? text : Math.ceil(all * Number.parseInt(text, 10) / 100)

/**
 * The same answers by another way, over what `kubectl get -o json` shows: every question is asked of the plain lists, nothing is trimmed or
 * indexed but by uid. Of one namespace, or of all.
 */
export async function countStanding(namespace?: string): Promise<CountedAll> {
  const kinds = 'pods,replicasets.apps,deployments.apps,poddisruptionbudgets.policy,nodes'
  const where = namespace === undefined ? '--all-namespaces' : `--namespace=${namespace}`
  const all = await kubectl('get', kinds, where, '--output=json')
  const { items }: { readonly items: readonly Thing[] } = JSON.parse(all)
  const of = (kind: string) => items.filter(item => item.kind === kind)
  const things = new Map(items.map(item => [item.metadata.uid, item]))
  const controllerOf = ({ metadata }: Thing) => metadata.ownerReferences?.find(({ controller }) => controller === true)
  const nodes = new Map(of('Node').map(({ metadata }) => [metadata.name, metadata.labels ?? {}]))
  const above = (thing: Thing): Thing | undefined => things.get(controllerOf(thing)?.uid ?? '')
  const fate = ({ metadata, spec, status }: Thing): 'runs' | keyof Counted['apart'] => {
    if (status.phase === 'Succeeded' || status.phase === 'Failed') return 'finished'
    if (spec.nodeName !== undefined && !nodes.has(spec.nodeName)) return 'nodeGone'
    if (metadata.deletionTimestamp !== undefined) return 'leaving'
    return status.phase === 'Running' ? 'runs' : 'pending'
  }
  const pods = of('Pod').map(pod => {
    const replicaSet = above(pod)
    const deployment = replicaSet?.kind === 'ReplicaSet' ? above(replicaSet) : undefined
    const node = pod.spec.nodeName ?? ''
    return { pod, replicaSet, deployment, fate: fate(pod), node, zone: nodes.get(node)?.[zoneKey], in: pod.metadata.namespace }
  })
  const running = pods.filter(one => one.fate === 'runs')
  const selects = ({ metadata, spec: { selector = {} } }: Thing) =>
    ({ pod }: { readonly pod: Thing }): boolean => pod.metadata.namespace === metadata.namespace &&
      Object.entries(selector.matchLabels ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value) &&
      (selector.matchExpressions ?? []).every(({ key, values }) => values.includes(pod.metadata.labels?.[key] ?? ''))
  const budgets = of('PodDisruptionBudget').map((budget, _, all) => {
    const { metadata: { generation }, spec: { minAvailable, maxUnavailable }, status } = budget
    const isOf = selects(budget)
    const covered = pods.filter(isOf)
    const controlled = covered.filter(({ pod }) => controllerOf(pod) !== undefined)
    // Deployments are seen here, and nothing else that controls pods.
    const isSeen = controlled.every(one => one.deployment !== undefined)
    const guessed = controlled.filter(one => one.deployment === undefined && one.fate !== 'finished').length
    const expected = [...new Set(covered.map(one => one.deployment))].reduce((sum, one) => sum + (one?.spec.replicas ?? 0), guessed)
    const hasFailed = status.conditions?.some(({ reason }) => reason === 'SyncFailed') === true
    const isShared = all.some(other => other !== budget && covered.some(selects(other)))
    const isTold = status.observedGeneration === generation && (status.expectedPods ?? 0) > 0 && !hasFailed && !isShared
    const counted = maxUnavailable === undefined ? share(minAvailable ?? 0, expected) : Math.max(0, expected - share(maxUnavailable, expected))
    const least = !isSeen && isTold && typeof minAvailable !== 'number' ? status.desiredHealthy ?? counted : counted
    return { isOf, losses: mayLose(tally(running.filter(isOf).map(one => one.node)), least) }
  })
  const deployments = of('Deployment').map((deployment): Counted => {
    const own = pods.filter(one => one.deployment === deployment)
    const stand = own.filter(one => one.fate === 'runs')
    const named = (which: string) => own.filter(one => one.fate === which).map(({ pod }) => pod.metadata.name).toSorted()
    const zones = stand.flatMap(one => one.zone ?? [])
    const losses = budgets.filter(({ isOf }) => own.some(isOf)).map(one => one.losses)
    const onNode = (node: string) => stand.filter(one => one.node === node).map(({ pod }) => pod.metadata.name).toSorted()
    return {
      name: `${deployment.metadata.namespace}/${deployment.metadata.name}`, wanted: deployment.spec.replicas ?? 1,
      byNode: Object.fromEntries([...new Set(stand.map(one => one.node))].toSorted().map(node => [node, onNode(node)])),
      apart: { pending: named('pending'), leaving: named('leaving'), finished: named('finished'), nodeGone: named('nodeGone') },
      revisions: new Set(stand.map(one => one.replicaSet)).size,
      survives: stand.length === 0 ? undefined : new Set(stand.map(one => one.node)).size - 1,
      survivesBudget: losses.length === 0 ? undefined : Math.min(...losses),
      zones: new Set(zones).size, survivesZones: zones.length === 0 ? undefined : new Set(zones).size - 1,
    }
  })
  const left = running.filter(one => one.deployment?.kind !== 'Deployment')
  const bare = left.map(({ pod }) => pod).filter(pod => controllerOf(pod) === undefined)
  const orphans = bare.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).toSorted()
  return { deployments: deployments.toSorted((a, b) => (a.name < b.name ? -1 : 1)), orphans, others: left.length - orphans.length }
}
