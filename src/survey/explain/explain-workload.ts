import { examinePod, isRequired } from '../../placement/decide.ts'
import type { Plan } from '../../placement/distributor/plan.ts'
import type { Knowledge } from '../../placement/knowledge.ts'
import type { Owner, Pod } from '../../placement/pod.ts'
import { skipNamespace, type SkipReason } from '../../placement/scope.ts'
import { nearMisses, othersThatTarget, targeting, type Beside } from './contest.ts'
import { deciderOf, ruledOut, type Decider } from './explain-pod.ts'
import { forecast, type Forecast } from './forecast.ts'
import { judgePod, type PodVerdict } from './pod-verdict.ts'
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
  readonly knowledge: Knowledge
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
  /** It has made no pod yet, and it is not known what one would be like. */
  | { readonly kind: 'unknown' }

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
  readonly revisions: readonly RevisionExplanation[]
  readonly wrong: Wrong
  /** Groups that its pods can never run in by their own nodeSelector and affinity. */
  readonly ruledOut: readonly string[]
  readonly beside: readonly Beside[]
  readonly forecast?: Forecast
}

/** How a workload stands, and why so. */
export function explainWorkload(facts: WorkloadFacts): WorkloadExplanation {
  const { kind, namespace, name, replicas, owner, knowledge, nextPod, registration } = facts
  const { verdict, plan } = judgeWorkload(facts)
  const judged = facts.revisions.map(revision => ({
    revision, pods: revision.pods.map((seen): Judged => ({ seen, verdict: judgePod(knowledge, seen, revision.template) })),
  }))
  const shown = judged.filter(({ revision, pods }) => revision.isCurrent || pods.length > 0)
  const revisions = shown.map(({ revision, pods }): RevisionExplanation => ({
    owner: `${revision.owner.kind}/${revision.owner.name}`, isCurrent: revision.isCurrent,
    pods: revision.pods.filter(isActive).length,
    groups: plan === undefined ? [] : groupsOf(facts, plan, revision, pods.map(one => one.verdict)),
  }))
  const closed = plan === undefined || nextPod === undefined ? [] : ruledOut(plan, nextPod, knowledge)
  const foreseen = plan === undefined || verdict.kind !== 'placed' ? undefined : foresee(facts, plan, closed)
  return {
    kind, namespace, name, ...replicas === undefined ? {} : { replicas }, ...owner === undefined ? {} : { owner },
    verdict, revisions, wrong: findWrong(judged.flatMap(({ pods }) => pods), revisions.map(({ groups }) => groups), registration),
    ruledOut: closed, beside: besideOf(facts, verdict),
    ...foreseen === undefined ? {} : { forecast: foreseen },
  }
}

function judgeWorkload({ namespace, nextPod, knowledge }: WorkloadFacts): { readonly verdict: WorkloadVerdict, readonly plan?: Plan } {
  if (nextPod === undefined) return { verdict: { kind: 'unknown' } }
  const examined = skipNamespace(namespace, knowledge.ownNamespace) ?? examinePod(knowledge, namespace, nextPod)
  const listed = targeting(nextPod, namespace, knowledge)
  if (examined.kind === 'skip') {
    const { reason, warning } = examined
    const said = { ...warning === undefined ? {} : { warning }, ...listed === undefined ? {} : { distributor: deciderOf(listed) } }
    return { verdict: { kind: 'left-alone', reason, ...reasonWords[reason], ...said } }
  }
  const { plan } = examined
  if (listed === undefined) return { verdict: { kind: 'unknown' } }
  const kind = plan.distributor.enforcement === 'Audit' ? 'audited' : 'placed'
  return { plan, verdict: { kind, distributor: deciderOf(listed), isRequired: isRequired(plan.distributor, nextPod) } }
}

/** Under `Audit` no pod holds a seat: each counts where it stands. */
function groupsOf(
  { knowledge, namespace }: WorkloadFacts, plan: Plan, { owner: { uid } }: RevisionFacts, verdicts: readonly PodVerdict[],
): readonly GroupStanding[] {
  const groups = standingOfRevision(knowledge, plan, namespace, uid)
  if (plan.distributor.enforcement !== 'Audit') return groups
  const counts = groups.map(({ name }) => verdicts.filter(one => one.kind === 'audited' && one.standing === name).length)
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

function foresee({ asked, revisions, now }: WorkloadFacts, plan: Plan, closed: readonly string[]): Forecast | undefined {
  const current = revisions.find(({ isCurrent }) => isCurrent)
  if (asked === undefined || current === undefined) return undefined
  const related = revisions.flatMap(({ pods }) => pods)
  return forecast({ ...asked, plan, owner: current.owner.uid, pods: current.pods, related, closed, now })
}
