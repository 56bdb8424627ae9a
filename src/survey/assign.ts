import type { ClusterState, SurveyedOwner, SurveyedPod } from './cluster-state.ts'

/** A workload that was asked for, and its pods, whatever they do. */
export interface Assigned {
  readonly workload: SurveyedOwner
  readonly pods: readonly SurveyedPod[]
}

export interface Assignment {
  readonly workloads: readonly Assigned[]
  /** Pods that nobody controls, or whose owner is not there any more. */
  readonly orphans: readonly SurveyedPod[]
  /** Pods of what was not asked for, or may not be read. */
  readonly others: readonly SurveyedPod[]
}

/** Owners of owners at most. None that Kubernetes has needs more than two; what is written by hand may go in a circle. */
const longestChain = 8

/**
 * Which pod is whose, by the uids of controlling owners alone: names and labels are no evidence, two workloads may have the same. A pod
 * belongs to the topmost of its owners that was asked for: to a Deployment rather than to its ReplicaSet.
 */
export function assignPods({ pods, owners, wholeKinds }: Pick<ClusterState, 'pods' | 'owners' | 'wholeKinds'>): Assignment {
  const byUid = new Map(owners.map(owner => [owner.uid, owner]))
  const found = new Map(owners.filter(({ isAsked }) => isAsked).map(({ uid }) => [uid, [] as SurveyedPod[]]))
  const [orphans, others]: [SurveyedPod[], SurveyedPod[]] = [[], []]
  for (const pod of pods) {
    const { chain, isBroken } = ownersOf(pod, byUid, wholeKinds)
    const workload = chain.findLast(({ isAsked }) => isAsked)
    const list = workload === undefined ? undefined : found.get(workload.uid)
    if (list !== undefined) list.push(pod)
    else if (isBroken) orphans.push(pod)
    else others.push(pod)
  }
  const workloads = owners.filter(({ isAsked }) => isAsked).map(workload => ({ workload, pods: found.get(workload.uid) ?? [] }))
  return { workloads, orphans, others }
}

interface Chain {
  /** Nearest first. */
  readonly chain: readonly SurveyedOwner[]
  /** Whether there is no owner, or one of them is named and not there. */
  readonly isBroken: boolean
}

function ownersOf(pod: SurveyedPod, byUid: ReadonlyMap<string, SurveyedOwner>, wholeKinds: readonly string[]): Chain {
  const chain: SurveyedOwner[] = []
  let named = pod.owner
  while (named !== undefined && chain.length < longestChain) {
    const owner = byUid.get(named.uid)
    // An owner is in the namespace of what it owns; to Kubernetes any other is not there.
    if (owner === undefined || owner.namespace !== pod.namespace) {
      return { chain, isBroken: owner !== undefined || wholeKinds.includes(`${named.group}/${named.kind}`) }
    }
    chain.push(owner)
    named = owner.owner
  }
  return { chain, isBroken: chain.length === 0 }
}
