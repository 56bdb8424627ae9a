import { phaseOf } from '../../src/placement/distributor/plan.ts'
import { createSequence, type Sequence } from '../../src/placement/seats/sequence.ts'
import { apply, requestApi, scale } from './cluster.ts'
import { classic, uneven, type Claims } from './fairness.ts'

/** What is created while something happens to Versprei: Deployments of one namespace under one distributor. */
export interface Shape {
  readonly name: string
  /** The label that tells the nodes of one group from those of another; its values name the groups. */
  readonly nodeLabel: string
  readonly claims: Claims
  readonly deployments: number
  /** Of each Deployment. */
  readonly replicas: number
}

/** One large Deployment, 80/20. */
export const burst = (pods = 1000): Shape =>
  ({ name: `${pods} pods, 80/20`, nodeLabel: 'type', claims: classic, deployments: 1, replicas: pods })

/** Six groups with base and max. */
export const sixGroups = (pods = 300): Shape =>
  ({ name: `${pods} pods, six uneven groups`, nodeLabel: 'pool', claims: uneven, deployments: 1, replicas: pods })

/** Many Deployments at once, all under one distributor that names none of them. */
export const manyDeployments = (count = 100): Shape =>
  ({ name: `${count} Deployments of 10`, nodeLabel: 'type', claims: classic, deployments: count, replicas: 10 })

export const totalOf = ({ deployments, replicas }: Shape): number => deployments * replicas
export const deploymentName = (index: number): string => `web-${index}`
const isNamed = ({ deployments }: Shape): boolean => deployments === 1

/** What Versprei gives out in one revision of this shape; where the distributor names no workload, each starts at its own place. */
export const sequenceOf = (shape: Shape, ownerUid: string): Sequence =>
  createSequence(Object.values(shape.claims), isNamed(shape) ? 0 : phaseOf(ownerUid))

/** The PodDistributor of a shape: it names the Deployment when there is one, and targets all of them otherwise. */
export async function distribute(namespace: string, shape: Shape): Promise<void> {
  const { nodeLabel, claims } = shape
  await apply({
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web', namespace },
    spec: {
      target: { apiVersion: 'apps/v1', kind: 'Deployment', ...isNamed(shape) && { name: deploymentName(0) } },
      distribution: Object.entries(claims).map(([name, claim]) => ({ name, nodeLabel: { [nodeLabel]: name }, ...claim })),
    },
  })
}

/**
 * Creates the Deployments all at once, with all their replicas. Their pods ask for a node of some group by themselves: those that no
 * admission places stand in a group, too, and can be adopted.
 */
export async function deploy(namespace: string, { nodeLabel, deployments, replicas }: Shape): Promise<void> {
  const nodeSelectorTerms = [{ matchExpressions: [{ key: nodeLabel, operator: 'Exists' }] }]
  await Promise.all(Array.from({ length: deployments }, (_, index) => {
    const labels = { app: deploymentName(index) }
    return requestApi('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      body: {
        metadata: { name: labels.app },
        spec: {
          replicas, selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
              containers: [{ name: 'web', image: 'web', resources: { requests: { cpu: '10m', memory: '16Mi' } } }],
              terminationGracePeriodSeconds: 0,
            },
          },
        },
      },
    })
  }))
}

export const scaleTo = (namespace: string, name: string, replicas: number): Promise<void> =>
  scale(namespace, `deployment/${name}`, replicas)
