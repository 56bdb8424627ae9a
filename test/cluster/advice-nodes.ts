import type { Test } from 'tap'
import { callApi, requestApi, waitFor } from './cluster.ts'
import { waitNodeReady } from './pod-standing.ts'

export interface NodeWish {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly object[]
  readonly cpu?: string
  readonly isCordoned?: boolean
}

/** The label by which workloads of a test keep to its own nodes. */
export const plotLabel = 'versprei-test/plot'

/** Adds nodes that a kwok plays, to a plot of their own; they are deleted after the test, when its pods are gone. */
export async function addPlotNodes(t: Pick<Test, 'teardown'>, plot: string, wishes: readonly NodeWish[]): Promise<void> {
  for (const { name, labels = {}, taints = [], cpu = '16', isCordoned = false } of wishes) {
    const capacity = { cpu, memory: '64Gi', pods: '110' }
    t.teardown(() => callApi('DELETE', `/api/v1/nodes/${plot}-${name}`))
    await requestApi('POST', '/api/v1/nodes', { body: {
      metadata: {
        name: `${plot}-${name}`, annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: { 'kubernetes.io/hostname': `${plot}-${name}`, [plotLabel]: plot, ...labels },
      },
      spec: { taints, unschedulable: isCordoned }, status: { capacity, allocatable: capacity },
    } })
  }
  // A tainted node stays so; the others lose the taint of those that were not ready yet.
  for (const { name, taints, isCordoned } of wishes) if (taints === undefined && isCordoned !== true) await waitNodeReady(`${plot}-${name}`)
}

/** Cordons a node, or takes that back, and waits until the scheduler can know: the node's taint has followed. */
export async function cordon(plot: string, name: string, isCordoned: boolean): Promise<void> {
  const path = `/api/v1/nodes/${plot}-${name}`
  await requestApi('PATCH', path, { body: { spec: { unschedulable: isCordoned } } })
  await waitFor(`node ${name} is ${isCordoned ? '' : 'not '}cordoned, and its taint says so`, async () => {
    const { spec } = await requestApi<{ readonly spec: { readonly taints?: readonly { readonly key: string }[] } }>('GET', path)
    return (spec.taints ?? []).some(({ key }) => key === 'node.kubernetes.io/unschedulable') === isCordoned
  })
}
