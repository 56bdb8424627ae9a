import type { Picture } from '../../../src/cli/detect/print/picture.ts'
import type { Finding, Shared, Survey } from '../../../src/survey/finding.ts'
import type { NodeUse } from '../../../src/survey/node-use.ts'

const GiB = 2 ** 30

export const node = (name: string, more: Partial<NodeUse> = {}): NodeUse => ({
  name, labels: {}, isReady: true, isUnschedulable: false, pods: 7,
  allocatable: { cpu: 4000, memory: 16 * GiB, pods: 110 }, requested: { cpu: 3200, memory: 12 * GiB }, ...more,
})

export interface Standing extends Partial<Omit<Finding, 'pods' | 'byNode' | 'shared'>> {
  readonly namespace?: string
  readonly name?: string
  /** Pods by node. */
  readonly on?: Readonly<Record<string, readonly string[]>>
}

const nothingApart = { pending: [], leaving: [], finished: [], nodeGone: [] }

export const finding = ({ namespace = 'shop', name = 'web', on = {}, ...more }: Standing): Finding => {
  const byNode: readonly Shared[] = Object.entries(on).map(([domain, pods]) => ({ domain, pods }))
  const pods = byNode.reduce((sum, one) => sum + one.pods.length, 0)
  const survival = { domains: byNode.length, untilNone: pods === 0 ? undefined : byNode.length - 1 }
  return {
    workload: { group: 'apps', kind: 'Deployment', namespace, name },
    wanted: pods, pods, revisions: Math.min(1, pods), byNode, shared: byNode.filter(one => one.pods.length > 1),
    isOnSingleNode: byNode.length === 1 && pods > 1,
    apart: nothingApart, nodes: survival, ...more,
  }
}

/** One on a single node, one that shares, one with a single pod, one that is spread, and one without pods. */
export const shop: readonly Finding[] = [
  finding({ name: 'web', on: { 'node-a': ['web-1', 'web-2', 'web-3'] }, wanted: 4, apart: { ...nothingApart, pending: ['web-4'] } }),
  finding({ name: 'api', on: { 'node-b': ['api-1', 'api-2'], 'node-a': ['api-3'] } }),
  finding({ namespace: 'blog', name: 'one', on: { 'node-b': ['one-1'] } }),
  finding({ namespace: 'blog', name: 'spread', on: { 'node-a': ['spread-1'], 'node-b': ['spread-2'] } }),
  finding({ namespace: 'blog', name: 'none', wanted: 1 }),
]

export const picture = (findings: readonly Finding[], more: Partial<Omit<Picture, 'survey'>> & Partial<Survey> = {}): Picture => {
  const { missing = [], unassigned = { orphans: [], otherKinds: 0 }, ...rest } = more
  return {
    survey: { findings, missing, unassigned },
    nodes: [node('node-a', { labels: { 'topology.kubernetes.io/zone': 'eu-1a' } }), node('node-b', { isUnschedulable: true })],
    isUseWhole: true, cluster: 'test (https://127.0.0.1:6443)', at: new Date('2026-01-31T12:00:00Z'), ...rest,
  }
}
