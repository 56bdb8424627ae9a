import type { Target } from '../../placement/distributor/distributor.ts'
import { distributorLabel } from '../../placement/keys.ts'
import { readPod } from '../../placement/pod.ts'
import { skipLabelled, skipNamespace, skipPod, type SkipReason } from '../../placement/scope.ts'
import type { Assigned } from '../assign.ts'
import type { SurveyedOwner } from '../cluster-state.ts'
import { createLabelMatch } from '../label-selector.ts'

/** What is known of Versprei in the cluster. */
export interface Placing {
  /** The PodDistributors and what each targets, if that can be told; undefined without such a kind, or where they may not be listed. */
  readonly targets: readonly { readonly namespace: string, readonly name: string, readonly target: Target | undefined }[] | undefined
  /** The namespace that Versprei runs in, undefined where it is not registered; without `own` that may not be read. */
  readonly own: { readonly namespace: string | undefined } | undefined
}

/** Why Versprei leaves every pod of this template as it is, whatever a PodDistributor says; undefined where it does not. */
export function leftAlone({ template, ...owner }: SurveyedOwner, { own }: Pick<Placing, 'own'>): SkipReason | undefined {
  const outside = skipNamespace(owner.namespace, own?.namespace)
  if (outside !== undefined) return outside.reason
  const read = readPod(template)
  if ('wrong' in read) return undefined
  const pod = { ...read.pod, owner }
  const skip = skipPod(pod)
  return skip.kind === 'skip' ? skip.reason : skipLabelled(pod)?.reason
}

/** The PodDistributor that placed its pods, or is to. */
export function placedBy(assigned: Assigned, placing: Placing): string | undefined {
  if (leftAlone(assigned.workload, placing) !== undefined) return undefined
  return assigned.pods.map(({ labels }) => labels[distributorLabel]).find(name => name !== undefined) ?? targetOf(assigned, placing)
}

function targetOf({ workload, pods }: Assigned, { targets = [] }: Placing): string | undefined {
  const labels = pods[0]?.labels ?? {}
  const { group, kind, namespace, name } = workload
  return targets.find(({ namespace: within, target }) => within === namespace && target?.kind === kind && target.group === group
    && (target.name === undefined || target.name === name)
    && (target.podSelector === undefined || createLabelMatch(target.podSelector)(labels)))?.name
}

/** Why a PodDistributor of the workload's name cannot be made, or would place nothing; undefined where it can. */
export function obstacleTo(owner: SurveyedOwner, placing: Placing): string | undefined {
  const { targets, own } = placing
  if (targets === undefined) return 'this cluster does not have that kind, or you may not list them'
  if (own === undefined) return 'whether Versprei leaves this namespace alone, for it runs there, could not be read'
  const reason = leftAlone(owner, placing)
  if (reason !== undefined) return `Versprei leaves its pods alone (${reason})`
  const isTaken = targets.some(({ namespace, name }) => namespace === owner.namespace && name === owner.name)
  return isTaken ? `there is one named ${owner.name} that does not target it` : undefined
}
