import type { Listed } from '../../placement/distributor/listed.ts'
import { createKnowledge, type Knowledge } from '../../placement/knowledge.ts'
import { readPlacedPod } from '../../placement/seats/placed-pod.ts'
import type { SurveyedNode, SurveyedPod } from '../cluster-state.ts'

/** What admission would know after a loss: the same distributors, the nodes that are left, and the seats of the pods that are. */
export function knownAfter(distributors: readonly Listed[], nodes: readonly SurveyedNode[], pods: readonly SurveyedPod[]): Knowledge {
  const knowledge = createKnowledge()
  knowledge.distributors.replace(distributors)
  knowledge.nodes.replace(nodes)
  knowledge.revisions.replace(pods.flatMap(pod => readPlacedPod(asObject(pod)) ?? []))
  return knowledge
}

/** As far as a seat is read from it. */
function asObject({ uid, namespace, labels, annotations, owner, isLeaving, phase }: SurveyedPod): unknown {
  return {
    metadata: {
      uid, namespace, labels, annotations,
      ...(owner !== undefined && { ownerReferences: [{ uid: owner.uid, controller: true }] }),
      ...(isLeaving && { deletionTimestamp: 'set' }),
    },
    status: { phase },
  }
}
