import { judge } from '../../placement/adoption.ts'
import { examinePod, place } from '../../placement/decide.ts'
import type { Listed } from '../../placement/distributor/listed.ts'
import type { Plan } from '../../placement/distributor/plan.ts'
import { matchesLabels } from '../../placement/nodes/requirements.ts'
import type { Owner, Pod } from '../../placement/pod.ts'
import { skipNamespace, type Skip, type SkipReason } from '../../placement/scope.ts'
import { adoptedAt } from '../../placement/seats/adoption-text.ts'
import type { PlacedPod } from '../../placement/seats/revision.ts'
import { farthestWish } from '../../placement/seats/roster.ts'
import { asCreated, placingOf } from './as-created.ts'
import type { Grounds } from './knowledge.ts'
import type { SeenPod } from './seen-pod.ts'

/** What is not as it was when a pod was placed, or is not as it should be; in the order in which they are told. */
export const troubles = [
  'distributor-gone', 'distributor-invalid', 'another-decides', 'out-of-scope', 'audited-now', 'group-gone', 'seat-of-another-group',
  'outside',
] as const

export type Trouble = typeof troubles[number]

/** A pod that a distributor placed, or adopted. */
export interface PlacedVerdict {
  readonly kind: 'placed'
  readonly distributor: string
  readonly group: string
  /** The seat that it was given; undefined where that is not told. */
  readonly seat: number | undefined
  /** Milliseconds since 1970; undefined: it was placed as it was created. */
  readonly adopted: number | undefined
  /** Whether its node is of its group; undefined where it has none, or that is not known. */
  readonly isInGroup: boolean | undefined
  readonly troubles: readonly Trouble[]
  /** The distributor that decides for its workload now, if that is another; or why none does. */
  readonly now: { readonly distributor: string } | { readonly reason: SkipReason } | undefined
}

/** A pod that Versprei leaves as it is: it would again, were the pod created now. */
export interface LeftAlone {
  readonly kind: 'left-alone'
  readonly reason: SkipReason
  /** As admission would warn of it. */
  readonly warning: string | undefined
  readonly distributor: string | undefined
}

/** What becomes of a stray: it is adopted into this group; once it has a node of one; not, for its node is of none; that is not known. */
export type Fate = { readonly kind: 'adopted', readonly group: string } | { readonly kind: 'waits' | 'stays' | 'unknown' }

/** A pod that no admission placed, and that would be placed were it created now. */
export interface Stray {
  readonly kind: 'stray'
  readonly distributor: string
  /** Whether the distributor was made later than the pod. */
  readonly isOlder: boolean
  /** Whether the distributor's spec was written later than the pod. */
  readonly isEdited: boolean
  readonly fate: Fate
  /** Where it would be placed now; undefined: its siblings are not known. */
  readonly wouldBe: { readonly group: string, readonly seat: number } | undefined
}

/** A pod of a distributor that is only tried: it is decided for, and not changed. */
export interface Audited {
  readonly kind: 'audited'
  readonly distributor: string
  /** The group that it stands in; undefined: in none, or that is not known. */
  readonly standing: string | undefined
  /** Whether the labels of its node are known. */
  readonly isNodeKnown: boolean
  readonly wouldBe: { readonly group: string, readonly seat: number } | undefined
}

/** A pod that no PodDistributor placed, and nobody knows whether one decides for it: they may not be read. */
export interface Unknown {
  readonly kind: 'unknown'
  readonly distributor?: undefined
}

export type PodVerdict = PlacedVerdict | LeftAlone | Stray | Audited | Unknown

/**
 * Why a pod stands where it stands: by its own marks where Versprei placed it, else by what admission and adoption say of it now.
 *
 * @param template of its owner; undefined where that is not known
 */
export function judgePod(knowledge: Grounds, seen: SeenPod, template: Pod | undefined): PodVerdict {
  const { namespace } = seen.found
  const pod = asCreated(seen, template)
  const examined = skipNamespace(namespace, knowledge.ownNamespace) ?? examinePod(knowledge, namespace, pod)
  const placed = placingOf(seen, template)
  if (placed !== undefined) {
    const now = examined.kind === 'skip' ? { reason: examined.reason } : { plan: examined.plan }
    return judgePlaced(knowledge, seen, placed, now)
  }
  if (examined.kind === 'skip') return isOpen(knowledge, examined) ? { kind: 'unknown' } : leftAlone(examined)
  return judgeUnplaced(knowledge, seen, { pod, ...examined })
}

/** Whether a PodDistributor that may not be read could decide otherwise. */
export function isOpen({ unread }: Pick<Grounds, 'unread'>, { reason }: Pick<Skip, 'reason'>): boolean {
  return reason === 'no-distributor' && unread.includes('distributors')
}

function leftAlone({ reason, warning, distributor }: Skip): LeftAlone {
  return { kind: 'left-alone', reason, warning, distributor }
}

type Now = { readonly reason: SkipReason } | { readonly plan: Plan }

function judgePlaced({ distributors, nodes, unread }: Grounds, seen: SeenPod, placed: PlacedPod, now: Now): PlacedVerdict {
  const { namespace, distributor, group, seat, owner } = placed
  const listed = distributors.get(namespace, distributor)
  const plan = listed !== undefined && 'plan' in listed.outcome ? listed.outcome.plan : undefined
  const index = plan?.groupIndex.get(group)
  const other = 'plan' in now && now.plan.distributor.name !== distributor ? now.plan.distributor.name : undefined
  const node = seen.surveyed.node === undefined ? undefined : nodes.labelsOf(seen.surveyed.node)
  const expressions = index === undefined ? undefined : plan?.distributor.groups[index]?.expressions
  const isInGroup = node === undefined || expressions === undefined ? undefined : matchesLabels(expressions, node)
  const holds: Readonly<Record<Trouble, boolean>> = {
    'distributor-gone': listed === undefined && !unread.includes('distributors'),
    'distributor-invalid': listed !== undefined && plan === undefined,
    'another-decides': other !== undefined,
    'out-of-scope': 'reason' in now && plan !== undefined,
    'audited-now': plan?.distributor.enforcement === 'Audit' && other === undefined,
    'group-gone': plan !== undefined && index === undefined,
    'seat-of-another-group': index !== undefined && seat !== undefined && isOfAnotherGroup(plan, owner, seat, index),
    'outside': isInGroup === false,
  }
  const adopted = adoptedAt(placed.admission, placed.uid)
  return {
    kind: 'placed', distributor, group, seat, adopted: typeof adopted === 'number' ? adopted : undefined, isInGroup,
    troubles: troubles.filter(trouble => holds[trouble]),
    now: 'plan' in now ? (other === undefined ? undefined : { distributor: other })
      : isOpen({ unread }, now) ? undefined : { reason: now.reason },
  }
}

function isOfAnotherGroup(plan: Plan | undefined, owner: string, seat: number, group: number): boolean {
  const sequence = plan?.sequenceFor(owner)
  // Farther than a wish is believed, nothing is looked up.
  return sequence !== undefined && seat < farthestWish && sequence.groupOf(seat) !== group
}

interface Examined {
  readonly pod: Pod
  readonly owner: Owner
  readonly plan: Plan
}

function judgeUnplaced(knowledge: Grounds, seen: SeenPod, { pod, owner, plan }: Examined): PodVerdict {
  const { namespace, created } = seen.found
  const request = {
    uid: 'explain', operation: 'CREATE', kind: { group: '', kind: 'Pod' }, subResource: '', namespace, dryRun: true, object: undefined,
  }
  const decision = place(knowledge, { kind: 'candidate', request, pod, owner, plan }, 0)
  if (decision.kind === 'skip') return leftAlone(decision)
  const { distributor, group, seat } = decision
  const verdict = judge(knowledge, seen.found)
  const wouldBe = knowledge.unread.includes('pods') ? undefined : { group, seat }
  if (plan.distributor.enforcement === 'Audit') {
    const { node } = seen.surveyed
    return {
      kind: 'audited', distributor, wouldBe, standing: verdict?.kind === 'stray' ? verdict.standing : undefined,
      isNodeKnown: node !== undefined && knowledge.nodes.labelsOf(node) !== undefined,
    }
  }
  const listed: Pick<Listed, 'created'> | undefined = knowledge.distributors.get(namespace, distributor)
  return {
    kind: 'stray', distributor, wouldBe, isOlder: (listed?.created ?? 0) >= created,
    isEdited: (knowledge.edited.get(distributor) ?? 0) >= created, fate: fateOf(knowledge, seen, verdict),
  }
}

function fateOf({ nodes }: Grounds, { surveyed: { node } }: SeenPod, verdict: ReturnType<typeof judge>): Fate {
  if (verdict?.kind === 'adopt') return { kind: 'adopted', group: verdict.plan.distributor.groups[verdict.group]?.name ?? '' }
  if (node === undefined) return { kind: 'waits' }
  return { kind: nodes.labelsOf(node) === undefined ? 'unknown' : 'stays' }
}
