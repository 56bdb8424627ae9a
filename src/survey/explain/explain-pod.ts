import { isRequired } from '../../placement/decide.ts'
import { mistakesOf, type Listed } from '../../placement/distributor/listed.ts'
import type { Enforcement } from '../../placement/distributor/distributor.ts'
import type { Plan } from '../../placement/distributor/plan.ts'
import type { Knowledge } from '../../placement/knowledge.ts'
import { impossibleGroups } from '../../placement/nodes/impossible-groups.ts'
import type { Owner, Pod } from '../../placement/pod.ts'
import { nameTarget } from '../../placement/status/summarize.ts'
import { constraintsOf, type Constraints } from './constraints.ts'
import { nearMisses, othersThatTarget, targeting, type Beside } from './contest.ts'
import { asCreated, readTemplate } from './as-created.ts'
import type { Grounds, Unread } from './knowledge.ts'
import { judgePod, type PodVerdict } from './pod-verdict.ts'
import { reasonWords } from './reason-words.ts'
import { seatsOfRevision, standingOfRevision, type GroupStanding } from './revision-standing.ts'
import type { SeenPod } from './seen-pod.ts'
import { strayCause, type Registration, type StrayCause } from './stray-cause.ts'

/** All that a pod is explained by. */
export interface PodFacts {
  readonly seen: SeenPod
  /** As the API server has it. */
  readonly object: unknown
  /** Its controllers, the nearest first. */
  readonly owners: readonly Pick<Owner, 'kind' | 'name'>[]
  /** `spec.template` of the nearest; undefined where it is not known. */
  readonly template: unknown
  /** The pods of its owner, itself among them. */
  readonly siblings: readonly SeenPod[]
  readonly knowledge: Grounds
  readonly registration: Registration
  readonly schedulerSaid: SchedulerWord | undefined
}

/** What the scheduler said of a pod that has no node. */
export interface SchedulerWord {
  /** Of the pod's condition PodScheduled. */
  readonly message?: string
  /** Of its latest FailedScheduling event. */
  readonly event?: { readonly message: string, readonly at: string }
}

/** A PodDistributor, as far as a pod or a workload is explained by it. */
export interface Decider {
  readonly name: string
  readonly target: string
  readonly enforcement: Enforcement | undefined
  readonly mistakes: readonly string[]
}

export interface PodExplanation {
  readonly kind: 'Pod'
  readonly namespace: string
  readonly name: string
  readonly phase: string
  readonly node: string | undefined
  readonly isLeaving: boolean
  readonly owners: readonly string[]
  readonly verdict: PodVerdict
  /** Of one that is left alone: what that means, and what its owner can do. */
  readonly words?: { readonly means: string, readonly advice: string }
  readonly strayCause?: StrayCause
  readonly distributor?: Decider
  /** Whether its group is required of the scheduler, or preferred only. */
  readonly isRequired?: boolean
  /** The seat that it holds now. */
  readonly seat?: number
  readonly revision?: { readonly owner: string, readonly pods: number, readonly groups: readonly GroupStanding[] }
  /** Groups that its own nodeSelector and affinity rule out. */
  readonly ruledOut: readonly string[]
  /** Other PodDistributors that target it and do not decide; where none targets it: those of its namespace. */
  readonly beside: readonly Beside[]
  readonly constraints: Constraints
  readonly schedulerSaid?: SchedulerWord
  /** What could not be read: nothing is told that rests on it. */
  readonly unread: readonly Unread[]
}

/** Why a pod stands where it stands. */
export function explainPod(facts: PodFacts): PodExplanation {
  const { seen, object, knowledge, registration, schedulerSaid } = facts
  const { namespace, pod } = seen.found
  const template = readTemplate(facts.template)
  const verdict = judgePod(knowledge, seen, template)
  const created = asCreated(seen, template)
  const listed = verdict.distributor === undefined ? targeting(created, namespace, knowledge)
    : knowledge.distributors.get(namespace, verdict.distributor)
  const plan = listed !== undefined && 'plan' in listed.outcome ? listed.outcome.plan : undefined
  const group = verdict.kind === 'placed' ? plan?.distributor.groups.find(({ name }) => name === verdict.group) : undefined
  return {
    kind: 'Pod', namespace, name: seen.found.name, phase: seen.surveyed.phase, node: seen.surveyed.node, isLeaving: seen.surveyed.isLeaving,
    owners: facts.owners.map(({ kind, name }) => `${kind}/${name}`),
    verdict,
    ...verdict.kind === 'left-alone' ? { words: reasonWords[verdict.reason] } : {},
    ...verdict.kind === 'stray' ? { strayCause: strayCause(verdict, registration) } : {},
    ...listed === undefined ? {} : { distributor: deciderOf(listed) },
    ...plan === undefined ? {} : { isRequired: isRequired(plan.distributor, pod) },
    ...standingOf(facts, verdict, plan),
    ruledOut: plan === undefined ? [] : ruledOut(plan, template ?? created, knowledge),
    beside: besideOf(knowledge, created, { verdict, namespace, listed }),
    constraints: constraintsOf({ pod, object }, template === undefined ? undefined : { pod: template, object: facts.template }, group),
    ...schedulerSaid === undefined ? {} : { schedulerSaid },
    unread: knowledge.unread,
  }
}

export function deciderOf(listed: Listed): Decider {
  const { name, target, outcome } = listed
  return {
    name, target: target === undefined ? '' : nameTarget(target), mistakes: mistakesOf(listed),
    enforcement: 'plan' in outcome ? outcome.plan.distributor.enforcement : undefined,
  }
}

/** The groups that a pod can never run in by its own spec. */
export function ruledOut({ distributor: { groups } }: Plan, pod: Pod, { nodes }: Pick<Knowledge, 'nodes'>): readonly string[] {
  return [...impossibleGroups(pod, groups, nodes)].map(index => groups[index]?.name ?? '')
}

function standingOf(
  { seen: { found, surveyed }, siblings, knowledge }: PodFacts, { kind }: PodVerdict, plan: Plan | undefined,
): Pick<PodExplanation, 'revision' | 'seat'> {
  const { owner } = found.pod
  const isOpen = knowledge.unread.includes('pods')
  if (plan === undefined || owner === undefined || isOpen || kind === 'left-alone' || kind === 'unknown') return {}
  const groups = standingOfRevision(knowledge, plan, found.namespace, owner.uid)
  const seat = kind === 'placed' ? seatsOfRevision(plan, owner.uid, siblings).get(surveyed.uid) : undefined
  const pods = groups.reduce((sum, one) => sum + one.pods, 0)
  return { revision: { owner: `${owner.kind}/${owner.name}`, pods, groups }, ...seat === undefined ? {} : { seat } }
}

function besideOf(
  { distributors }: Knowledge, { owner, labels }: Pod,
  { verdict, namespace, listed }: { readonly verdict: PodVerdict, readonly namespace: string, readonly listed: Listed | undefined },
): readonly Beside[] {
  if (owner === undefined) return []
  const pod = { namespace, owner, labels }
  if (verdict.kind === 'left-alone' && verdict.reason === 'no-distributor') return nearMisses(pod, distributors.all())
  const decides = verdict.kind === 'placed' && verdict.now !== undefined && 'distributor' in verdict.now
    ? distributors.get(namespace, verdict.now.distributor) : listed
  return decides === undefined ? [] : othersThatTarget(pod, decides, distributors.all())
}
