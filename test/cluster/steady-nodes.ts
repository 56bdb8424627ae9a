import type { Test } from 'tap'
import { callApi, requestApi } from './cluster.ts'
import { waitNodeReady } from './pod-standing.ts'

export interface SteadyNodes {
  /** Says once more that the kubelets live: the node controller gives a node up after some 40 s of silence. */
  readonly beat: () => Promise<void>
}

const resources = { cpu: '64', memory: '256Gi', pods: '110' }
const alive = () => {
  const now = new Date().toISOString()
  return { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now }
}

/**
 * Nodes whose kubelet is played by nobody: a pod that stands on one stays Pending, until the test says itself that it succeeded.
 * One node for each value of the label. They are deleted after the test: its pods have to be gone by then.
 */
export async function addSteadyNodes(t: Pick<Test, 'teardown'>, key: string, values: readonly string[]): Promise<SteadyNodes> {
  const names = values.map(value => ({ name: `versprei-steady-${value}`, value }))
  const patch = async (name: string) => {
    await requestApi('PATCH', `/api/v1/nodes/${name}/status`, {
      body: { status: { conditions: [alive()] } }, contentType: 'application/strategic-merge-patch+json',
    })
  }
  for (const { name, value } of names) {
    t.teardown(() => callApi('DELETE', `/api/v1/nodes/${name}`))
    await requestApi('POST', '/api/v1/nodes', { body: {
      metadata: { name, labels: { 'kubernetes.io/hostname': name, [key]: value } },
      status: { capacity: resources, allocatable: resources, conditions: [alive()] },
    } })
  }
  for (const { name } of names) await waitNodeReady(name)
  return { beat: async () => { await Promise.all(names.map(({ name }) => patch(name))) } }
}
