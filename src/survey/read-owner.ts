import { asMap } from '../placement/is-map.ts'
import type { SurveyedOwner } from './cluster-state.ts'
import { readMetadata } from './read-metadata.ts'
import { resourceOf, type WorkloadKind } from './workload-kinds.ts'

/** How an owner is read: as a workload that was asked for, or to follow pods by to one that was. */
export interface OwnerReading {
  readonly isAsked: boolean
  /** Whether spec.template is kept, and what else tells how its pods are placed. */
  readonly withTemplate: boolean
}

/** An object of a list of this kind; lists do not repeat the kind. Undefined for what is no object. */
export function readOwner(kind: WorkloadKind, object: unknown, { isAsked, withTemplate }: OwnerReading): SurveyedOwner | undefined {
  const metadata = readMetadata(object)
  if (metadata === undefined) return undefined
  const { namespace, name, uid, labels, owner } = metadata
  const spec = asMap(asMap(object)['spec'])
  const held = holdsBack(kind, spec)
  const replicas = spec[kind === 'Job' ? 'parallelism' : 'replicas']
  return {
    group: resourceOf(kind).group, kind, namespace, name, uid, labels, owner,
    isAsked: isAsked && !(kind === 'ReplicaSet' && isKeptByAnother(owner)),
    replicas: typeof replicas === 'number' ? replicas : undefined,
    template: withTemplate ? spec['template'] : undefined,
    ...(withTemplate && { selector: spec['selector'], hasClaims: hasItems(spec['volumeClaimTemplates']) }),
    ...(withTemplate && held !== undefined && { holdsBack: held }),
  }
}

/** `spec.paused` of a Deployment and a Rollout, `spec.updateStrategy` of a StatefulSet (apps/v1). */
function holdsBack(kind: WorkloadKind, spec: Readonly<Record<string, unknown>>): SurveyedOwner['holdsBack'] {
  if (kind === 'Deployment' || kind === 'Rollout') return spec['paused'] === true ? { by: 'paused' } : undefined
  if (kind !== 'StatefulSet') return undefined
  const { type, rollingUpdate } = asMap(spec['updateStrategy'])
  if (type === 'OnDelete') return { by: 'on-delete' }
  const { partition } = asMap(rollingUpdate)
  return typeof partition === 'number' && partition > 0 ? { by: 'partition', below: partition } : undefined
}

function hasItems(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0
}

/** A ReplicaSet that belongs to a Deployment or a Rollout is a revision of that one, no workload of its own. */
function isKeptByAnother(owner: SurveyedOwner['owner']): boolean {
  return (owner?.kind === 'Deployment' && owner.group === 'apps') || (owner?.kind === 'Rollout' && owner.group === 'argoproj.io')
}
