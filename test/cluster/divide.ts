import { waitFor } from './cluster.ts'
import type { Claims } from './fairness.ts'
import { create, type Manifest } from './resources.ts'
import { containers } from './workloads.ts'

export interface Target {
  readonly apiVersion: string
  readonly kind: string
  readonly name?: string
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> }
}

export interface Divided {
  readonly name?: string
  readonly target: Target
  readonly claims: Claims
  /** The node label whose value is the group; `type` by default. */
  readonly key?: string
}

/** A PodDistributor with one group for each claim. */
export function distributorOf({ name = 'split', target, claims, key = 'type' }: Divided): Manifest {
  const distribution = Object.entries(claims).map(([group, claim]) => ({ name: group, nodeLabel: { [key]: group }, ...claim }))
  return { apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name }, spec: { target, distribution } }
}

/** Who would own a pod of the target, and the label by which that is told. */
function probeOwner({ apiVersion, kind, name = 'probe' }: Target): { readonly owner: object, readonly labels: Record<string, string> } {
  const uid = 'probe'
  const hash = kind === 'Deployment' ? 'pod-template-hash' : kind === 'Rollout' ? 'rollouts-pod-template-hash' : undefined
  if (hash !== undefined) {
    return { owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-0`, uid, controller: true }, labels: { [hash]: '0' } }
  }
  if (kind === 'CronJob') return { owner: { apiVersion, kind: 'Job', name: `${name}-00000000`, uid, controller: true }, labels: {} }
  return { owner: { apiVersion, kind, name, uid, controller: true }, labels: {} }
}

/** The distributor that places a new pod of the target, by a creation that is not stored; undefined when none does. */
export async function placedBy(namespace: string, target: Target): Promise<string | undefined> {
  const { owner, labels } = probeOwner(target)
  const metadata = { name: 'probe', ownerReferences: [owner], labels: { ...target.podSelector?.matchLabels, ...labels } }
  const pod = await create(namespace, { kind: 'Pod', metadata, spec: { containers } }, { dryRun: true })
  return pod.metadata.labels?.['versprei.io/distributor']
}

/** Creates a PodDistributor and waits until Versprei places by it: what is created next is placed from its first pod. */
export async function divide(namespace: string, divided: Divided): Promise<void> {
  const { name = 'split', target } = divided
  await create(namespace, distributorOf(divided))
  await waitFor(`Versprei places by ${namespace}/${name}`, async () => await placedBy(namespace, target) === name)
}
