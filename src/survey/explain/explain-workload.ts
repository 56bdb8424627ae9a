import { standsIn } from '../../placement/adoption.ts'
import { examinePod, isRequired } from '../../placement/decide.ts'
import type { Plan } from '../../placement/distributor/plan.ts'
import type { Owner, Pod } from '../../placement/pod.ts'
import { skipNamespace, type SkipReason } from '../../placement/scope.ts'
import { nearMisses, othersThatTarget, targeting, type Beside } from './contest.ts'
import { deciderOf, ruledOut, type Decider } from './explain-pod.ts'
import { forecast, type Forecast } from './forecast.ts'
import type { Grounds, Unread } from './knowledge.ts'
import { isOpen, judgePod } from './pod-verdict.ts'
import { reasonWords } from './reason-words.ts'
import { standingOfRevision, type GroupStanding } from './revision-standing.ts'
import { isActive, type SeenPod } from './seen-pod.ts'
import type { Registration } from './stray-cause.ts'
import { findWrong, type Judged, type Wrong } from './wrong.ts'

/** The pods of one controlling owner. */
export interface RevisionFacts {
  readonly owner: Owner
  /** Its pod template, as the pod that it makes. */
  readonly template: Pod | undefined
  readonly isCurrent: boolean
  readonly pods: readonly SeenPod[]
}

/** All that a workload is explained by. */
export interface WorkloadFacts {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Undefined where its kind has none. */
  readonly replicas: number | undefined
  /** Its controller, where it has one. */
  readonly owner: string | undefined
  /** The current one first. */
  readonly revisions: readonly RevisionFacts[]
  /** The next pod that it would create. */
  readonly nextPod: Pod | undefined
  readonly knowledge: Grounds
  readonly registration: Registration
  /** What would become of it at so many replicas. */
  readonly asked: { readonly replicas: number, readonly firstOrdinal: number | undefined } | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

export type WorkloadVerdict =
  | { readonly kind: 'placed' | 'audited', readonly distributor: Decider, readonly isRequired: boolean }
  | {
    readonly kind: 'left-alone', readonly reason: SkipReason, readonly means: string, readonly advice: string
    readonly warning?: string, readonly distributor?: Decider
  }
  /** no-pod: it has made none yet, and it is not known what one would be like. unread: the PodDistributors may not be read. */
  | { readonly kind: 'unknown', readonly because: 'no-pod' | 'unread' }

/** Why it is not foreseen what another number of replicas would make of a workload; of `unread`, its pods may not be read. */
export type Unforeseen = 'audited' | 'left-alone' | 'unknown' | 'unread' | 'no-revision'

export interface RevisionExplanation {
  /** As in ReplicaSet/web-5d9c. */
  readonly owner: string
  readonly isCurrent: boolean
  /** Pods that take up a replica. */
  readonly pods: number
  /** Empty where no PodDistributor decides. */
  readonly groups: readonly GroupStanding[]
}

export interface WorkloadExplanation {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly replicas?: number
  readonly owner?: string
  readonly verdict: WorkloadVerdict
  /** Empty where its pods could not be read. */
  readonly revisions: readonly RevisionExplanation[]
  /** Absent where its pods could not be read. */
  readonly wrong?: Wrong
  /** Groups that its pods can never run in by their own nodeSelector and affinity. */
  readonly ruledOut: readonly string[]
  readonly beside: readonly Beside[]
  readonly forecast?: Forecast
  /** Where replicas were asked for and there is no forecast. */
  readonly unforeseen?: { readonly replicas: number, readonly because: Unforeseen }
  /** What could not be read: nothing is told that rests on it. */
  readonly unread: readonly Unread[]
}

/** How a workload stands, and why so. */
export function explainWorkload(facts: WorkloadFacts): WorkloadExplanation {
  const { kind, namespace, name, replicas, owner, knowledge, nextPod, registration } = facts
  const { verdict, plan } = judgeWorkload(facts)
  const isBlind = knowledge.unread.includes('pods')
  const judged = (isBlind ? [] : facts.revisions).map(revision => ({
    revision, pods: revision.pods.map((seen): Judged => ({ seen, verdict: judgePod(knowledge, seen, revision.template) })),
  }))
  const shown = judged.filter(({ revision, pods }) => revision.isCurrent || pods.length > 0)
  const revisions = shown.map(({ revision, pods }): RevisionExplanation => ({
    owner: `${revision.owner.kind}/${revision.owner.name}`, isCurrent: revision.isCurrent,
    pods: revision.pods.filter(isActive).length,
    groups: plan === undefined ? [] : groupsOf(facts, plan, revision, pods),
  }))
  const closed = plan === undefined || nextPod === undefined ? [] : ruledOut(plan, nextPod, knowledge)
  return {
    kind, namespace, name, ...replicas === undefined ? {} : { replicas }, ...owner === undefined ? {} : { owner },
    verdict, revisions,
    ...isBlind ? {} : { wrong: findWrong(judged.flatMap(({ pods }) => pods), revisions.map(({ groups }) => groups), registration) },
    ruledOut: closed, beside: besideOf(facts, verdict),
    ...foresee(facts, { verdict, plan, closed }),
    unread: knowledge.unread,
  }
}

function judgeWorkload({ namespace, nextPod, knowledge }: WorkloadFacts): { readonly verdict: WorkloadVerdict, readonly plan?: Plan } {
  if (nextPod === undefined) return { verdict: { kind: 'unknown', because: 'no-pod' } }
  const examined = skipNamespace(namespace, knowledge.ownNamespace) ?? examinePod(knowledge, namespace, nextPod)
  const listed = targeting(nextPod, namespace, knowledge)
  if (examined.kind === 'skip' && isOpen(knowledge, examined)) return { verdict: { kind: 'unknown', because: 'unread' } }
  if (examined.kind === 'skip') {
    const { reason, warning } = examined
    const said = { ...warning === undefined ? {} : { warning }, ...listed === undefined ? {} : { distributor: deciderOf(listed) } }
    return { verdict: { kind: 'left-alone', reason, ...reasonWords[reason], ...said } }
  }
  const { plan } = examined
  if (listed === undefined) return { verdict: { kind: 'unknown', because: 'no-pod' } }
  const kind = plan.distributor.enforcement === 'Audit' ? 'audited' : 'placed'
  return { plan, verdict: { kind, distributor: deciderOf(listed), isRequired: isRequired(plan.distributor, nextPod) } }
}

/** Under `Audit` no pod holds a seat: each counts where it stands, also one that was placed before. */
function groupsOf(
  { knowledge, namespace }: WorkloadFacts, plan: Plan, { owner: { uid } }: RevisionFacts, judged: readonly Judged[],
): readonly GroupStanding[] {
  const groups = standingOfRevision(knowledge, plan, namespace, uid)
  if (plan.distributor.enforcement !== 'Audit') return groups
  const standing = judged.filter(({ seen, verdict: { kind } }) => isActive(seen) && (kind === 'audited' || kind === 'placed'))
    .map(({ seen }) => standsIn(knowledge, plan, seen.surveyed.node))
  const counts = groups.map((_, index) => standing.filter(one => one === index).length)
  const wanted = plan.sequenceFor(uid).prefix(counts.reduce((sum, count) => sum + count, 0))
  return groups.map((group, index) => ({ ...group, pods: counts[index] ?? 0, wanted: wanted[index] ?? 0 }))
}

function besideOf({ namespace, nextPod, knowledge: { distributors } }: WorkloadFacts, verdict: WorkloadVerdict): readonly Beside[] {
  if (nextPod?.owner === undefined || verdict.kind === 'unknown') return []
  const pod = { namespace, owner: nextPod.owner, labels: nextPod.labels }
  if (verdict.kind === 'left-alone' && verdict.reason === 'no-distributor') return nearMisses(pod, distributors.all())
  const decides = verdict.distributor === undefined ? undefined : distributors.get(namespace, verdict.distributor.name)
  return decides === undefined ? [] : othersThatTarget(pod, decides, distributors.all())
}

function foresee(
  { asked, revisions, knowledge, now }: WorkloadFacts,
  { verdict, plan, closed }: { readonly verdict: WorkloadVerdict, readonly plan: Plan | undefined, readonly closed: readonly string[] },
): Pick<WorkloadExplanation, 'forecast' | 'unforeseen'> {
  if (asked === undefined) return {}
  const current = revisions.find(({ isCurrent }) => isCurrent)
  const not = (because: Unforeseen): Pick<WorkloadExplanation, 'unforeseen'> => ({ unforeseen: { replicas: asked.replicas, because } })
  if (verdict.kind !== 'placed') return not(verdict.kind)
  if (knowledge.unread.includes('pods')) return not('unread')
  if (plan === undefined || current === undefined) return not('no-revision')
  const related = revisions.flatMap(({ pods }) => pods)
  return { forecast: forecast({ ...asked, plan, owner: current.owner.uid, pods: current.pods, related, closed, now }) }
}
