import { decide } from '../../placement/decide.ts'
import type { Expression } from '../../placement/distributor/distributor.ts'
import type { Knowledge } from '../../placement/knowledge.ts'
import { matchesLabels } from '../../placement/nodes/requirements.ts'
import type { PatchOperation } from '../../placement/patch/patch-operation.ts'
import type { SurveyedNode, SurveyedOwner, SurveyedPod } from '../cluster-state.ts'
import { readPodToPlace, type PodToPlace } from '../room/pod-to-place.ts'
import type { Room } from '../room/room.ts'
import { replacementFor } from './replacement.ts'
import { whyNot, type Wait } from './why-not.ts'

/** What becomes of the replacement of a lost pod. */
export type Fate =
  /** `unseen`: what else decides whether it may stand there, and is not known; empty where nothing does. */
  | { readonly kind: 'fits', readonly node: string, readonly unseen: readonly string[] }
  | { readonly kind: 'waits', readonly reason: Wait, readonly detail: string }
  /** Nothing can be said of it, and why. */
  | { readonly kind: 'unknown', readonly detail: string }

/** What is left after a loss. It changes with each pod that is replaced. */
export interface Aftermath {
  readonly knowledge: Knowledge
  readonly nodes: readonly SurveyedNode[]
  readonly room: Room
  /** By uid. */
  readonly owners: ReadonlyMap<string, SurveyedOwner>
  readonly applyPatch: (object: unknown, patch: readonly PatchOperation[]) => unknown
}

/**
 * The fate of one replacement: its controller makes it from its template, admission gives it a seat among those that are left, as it would
 * any new pod, and it takes room on a node that would have it.
 */
export function replacePod(lost: SurveyedPod, after: Aftermath): Fate {
  const object = replacementFor(lost, after.owners.get(lost.owner?.uid ?? ''))
  if (object === undefined) return { kind: 'unknown', detail: `no template is known of ${lost.owner?.kind ?? 'its owner'}` }
  const admitted = admit(object, lost, after)
  const pod = readPodToPlace(admitted.object, { namespace: lost.namespace, requests: lost.requests })
  if (typeof pod === 'string') return { kind: 'unknown', detail: `its template cannot be read: ${pod}` }
  // What admission only prefers, the scheduler heeds where it can.
  const node = after.room.place(within(pod, admitted.group?.expressions ?? [])) ?? after.room.place(pod)
  if (node !== undefined) return { kind: 'fits', node, unseen: pod.unseen }
  const why = whyNot(after.room.look(pod).values())
  return { kind: 'waits', ...why, ...(why.reason === 'no-node' && admitted.group !== undefined && tellGroup(admitted.group, after.nodes)) }
}

interface Admitted {
  readonly object: unknown
  /** Where admission puts it; undefined where it leaves it alone, or only tries. */
  readonly group: { readonly name: string, readonly expressions: readonly Expression[] } | undefined
}

function admit(object: unknown, { namespace, uid }: SurveyedPod, { knowledge, applyPatch }: Aftermath): Admitted {
  const decision = decide(knowledge, {
    uid: `in place of ${uid}`, operation: 'CREATE', kind: { group: '', kind: 'Pod' }, subResource: '', namespace, dryRun: false, object,
  }, 0)
  if (decision.kind === 'skip' || decision.audit === true) return { object, group: undefined }
  const outcome = knowledge.distributors.get(namespace, decision.distributor)?.outcome
  const groups = outcome !== undefined && 'plan' in outcome ? outcome.plan.distributor.groups : []
  return { object: applyPatch(object, decision.patch), group: groups.find(({ name }) => name === decision.group) }
}

/** The same pod, which would have nodes with these labels alone. */
function within(pod: PodToPlace, expressions: readonly Expression[]): PodToPlace {
  if (expressions.length === 0) return pod
  const any = { matchExpressions: [], hasExpressions: false, hasFields: false, nodeNames: undefined }
  const own = pod.terms?.filter(({ hasFields, matchExpressions }) => hasFields || matchExpressions.length > 0) ?? [any]
  return { ...pod, terms: own.map(term => ({ ...term, matchExpressions: [...term.matchExpressions, ...expressions] })) }
}

/** Where that is why it waits. */
function tellGroup({ name, expressions }: NonNullable<Admitted['group']>, nodes: readonly SurveyedNode[]): { readonly detail?: string } {
  return nodes.some(({ labels }) => matchesLabels(expressions, labels)) ? {} : { detail: `group ${name} has no node left` }
}
