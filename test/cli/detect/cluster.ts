import type { Test } from 'tap'
import { startApi, type Api } from '../api-server.ts'
import { runCommand, type Given, type Ran } from '../run-command.ts'

interface Meta { readonly name: string, readonly namespace?: string, readonly uid: string }

interface Cluster extends Api {
  /** `versprei detect` with these flags, of this cluster. */
  readonly detect: (args: readonly string[], given?: Given) => Promise<Ran>
}

const meta = (kind: string, namespace: string, name: string, more: object = {}) =>
  ({ metadata: { name, namespace, uid: `${kind}/${namespace}/${name}`, ...more } })
const controlledBy = (apiVersion: string, kind: string, { name, uid }: Meta) =>
  ({ ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] })

/** Pods of Deployments by namespace, name and node, as they stand: `{'shop/web': ['n1', 'n1', 'n2']}`. */
export type Standing = Readonly<Record<string, readonly string[]>>

const containers = [{ name: 'app', image: 'app', resources: { requests: { cpu: '500m', memory: '1Gi' } } }]

/** A loopback API server with these Deployments, and nodes n1 to n3 in zones a and b. */
export const startCluster = async (t: Test, standing: Standing): Promise<Cluster> => {
  const api = await startApi(t)
  const [deployments, replicaSets, pods]: [object[], object[], object[]] = [[], [], []]
  for (const [key, nodes] of Object.entries(standing)) {
    const [namespace = '', name = ''] = key.split('/')
    const labels = { app: name }
    const deployment = meta('Deployment', namespace, name)
    const replicaSet = meta('ReplicaSet', namespace, `${name}-1`, controlledBy('apps/v1', 'Deployment', deployment.metadata))
    const template = { metadata: { labels }, spec: { containers } }
    deployments.push({ ...deployment, spec: { replicas: nodes.length, selector: { matchLabels: labels }, template } })
    replicaSets.push(replicaSet)
    for (const [index, nodeName] of nodes.entries()) {
      const pod = meta('Pod', namespace, `${name}-1-${index}`, { labels, ...controlledBy('apps/v1', 'ReplicaSet', replicaSet.metadata) })
      pods.push({ ...pod, spec: { nodeName, containers }, status: { phase: 'Running' } })
    }
  }
  const nodes = [['n1', 'a'], ['n2', 'a'], ['n3', 'b']].map(([name = '', zone]) => ({
    ...meta('Node', '', name, { labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone } }), status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' }, conditions: [{ type: 'Ready', status: 'True' }] },
  }))
  const lists = { '/api/v1/pods': pods, '/api/v1/nodes': nodes, '/apis/apps/v1/deployments': deployments, '/apis/apps/v1/replicasets': replicaSets }
  for (const [path, items] of Object.entries(lists)) api.lists.set(path, { items })
  return {
    ...api,
    async detect(args, given) {
      const ran = await runCommand(['detect', '--file', api.kubeconfig, ...args], given)
      // On a busy machine it takes over a second, and tells how far it is: that has tests of its own.
      return { ...ran, err: ran.err.replaceAll(/^versprei detect: reading: .*\n/gmu, '') }
    },
  }
}
