import { distributorLabel, groupLabel } from '../../placement/keys.ts'
import { asMap } from '../../placement/is-map.ts'
import type { SurveyedOwner, SurveyedPod } from '../cluster-state.ts'

/** By which the Job controller numbers the pods of an indexed Job. */
const completionIndex = 'batch.kubernetes.io/job-completion-index'

/**
 * The pod that a controller makes in place of a lost one, as it comes to admission: its template, what the controller adds, and its owner.
 * Undefined where the template is not known.
 */
export function replacementFor({ namespace, labels, annotations, owner }: SurveyedPod, controller: SurveyedOwner | undefined): unknown {
  if (owner === undefined || controller?.template === undefined || controller.template === null) return undefined
  const { metadata, spec } = asMap(controller.template)
  const template = asMap(metadata)
  const { [distributorLabel]: _placed, [groupLabel]: _group, ...kept } = labels
  const index = annotations[completionIndex]
  return {
    metadata: {
      namespace,
      // A StatefulSet's ordinal, a Job's index and hashes are labels that are made again as they were.
      labels: { ...kept, ...asMap(template['labels']) },
      annotations: { ...asMap(template['annotations']), ...(index !== undefined && { [completionIndex]: index }) },
      ownerReferences: [{
        apiVersion: owner.group === '' ? 'v1' : `${owner.group}/v1`, kind: owner.kind, name: owner.name, uid: owner.uid, controller: true,
      }],
    },
    spec: controller.hasClaims === true ? withClaim(asMap(spec)) : spec,
  }
}

/** The StatefulSet controller mounts the claims that it makes; which ones does not matter here. */
function withClaim(spec: Readonly<Record<string, unknown>>): unknown {
  const volumes: readonly unknown[] = Array.isArray(spec['volumes']) ? spec['volumes'] : []
  return { ...spec, volumes: [...volumes, { name: 'claim', persistentVolumeClaim: { claimName: 'claim' } }] }
}
