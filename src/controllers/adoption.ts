import type { Clock } from '../cluster/clock.ts'
import { adoptionMarks, hasOwnCost, judge, readFound, type FoundPod, type Verdict } from '../placement/adoption.ts'
import type { Listed } from '../placement/distributor/listed.ts'
import { deletionCostAnnotation, distributorLabel } from '../placement/keys.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import { seatLimit } from '../placement/seats/sequence.ts'
import { ownSeat } from '../placement/workload.ts'
import type { Findings } from './findings.ts'
import type { PodLists } from './list-pods.ts'
import type { PatchOutcome, PodPatches } from './pod-patches.ts'
import { createTally, type Tally } from './stray-tally.ts'
import type { Emit } from './emit.ts'

export interface AdoptionOptions {
  readonly knowledge: Knowledge
  readonly findings: Findings
  readonly emit: Emit
  readonly clock: Pick<Clock, 'now'>
  readonly lists: PodLists
  readonly patches: PodPatches
}

/** What one look at a namespace leaves behind. */
export interface Looked {
  /** Pods that may be adopted soon: they have no node yet, are too young, or could not be patched this time. */
  readonly isUnsettled: boolean
  /** There are more to be adopted than one look takes. */
  readonly isCutOff: boolean
  /** Pods that carry our labels are among those left: only a look at all pods finds them again. */
  readonly hasLabelled: boolean
}

export interface Adoption {
  /**
   * Looks for strays in a namespace, adopts those that stand in a group, and tells how many are left.
   *
   * @param distributors those of the namespace
   * @param whole also at pods that carry our labels: after any change of a distributor. Otherwise what the API server has at hand will do.
   */
  readonly look: (namespace: string, distributors: readonly Listed[], whole: boolean) => Promise<Looked>
}

/** Milliseconds: what was created just now is left for the next look. */
const youngest = 2000
/** Pods that one look adopts, so that no namespace keeps the others waiting for more than five seconds. */
const mostAtOnce = 250

interface Found {
  readonly one: FoundPod
  readonly verdict: Verdict
}

interface Adoptable extends Found {
  readonly verdict: Extract<Verdict, { readonly kind: 'adopt' }>
}

interface Costing extends Found {
  readonly verdict: Extract<Verdict, { readonly kind: 'cost' }>
}

export function createAdoption(options: AdoptionOptions): Adoption {
  const { findings, emit, clock, patches } = options
  return {
    async look(namespace, distributors, whole) {
      const found = await find(options, namespace, whole)
      const tally = createTally()
      for (const { verdict } of found) {
        if (verdict.kind === 'labelled') findings.note(verdict.listed, 'TemplateSetsLabel', verdict.detail)
        if (verdict.kind === 'stray') tally.stray(verdict.listed, verdict.standing)
      }
      const adoptable = found.filter(isAdoptable).toSorted(byAge)
      const grown = adoptable.filter(({ one }) => clock.now() - one.created >= youngest)
      const mayPatch = patches.mayPatch(namespace)
      const now = mayPatch ? grown.slice(0, mostAtOnce) : []
      const later = grown.slice(now.length)
      for (const { verdict } of later) tally.stray(verdict.listed, groupOf(verdict))
      const costs = mayPatch ? found.filter(isCost).slice(0, mostAtOnce) : []
      const [, costsDone] = await Promise.all([adoptAll(options, now, tally), mendCosts(options, costs)])
      tally.report(distributors, findings, emit)
      return {
        isUnsettled: tally.failed() || !costsDone || grown.length < adoptable.length || found.some(isPending),
        isCutOff: mayPatch && (later.length > 0 || costs.length === mostAtOnce),
        hasLabelled: !costsDone || costs.length === mostAtOnce || found.some(one => isMisplaced(one) && isLabelled(one)),
      }
    },
  }
}

/** Metadata first: where no pod is out of place, as nearly always, nothing more travels. */
async function find({ knowledge, lists }: AdoptionOptions, namespace: string, whole: boolean): Promise<readonly Found[]> {
  const keep = (object: unknown): Found | undefined => {
    const one = readFound(object)
    const verdict = one === undefined ? undefined : judge(knowledge, one)
    return one === undefined || verdict === undefined ? undefined : { one, verdict }
  }
  const light = await lists.list(namespace, whole ? 'all' : 'unplaced', keep, { metadataOnly: true, cached: !whole })
  const misplaced = light.filter(isMisplaced)
  const others = light.filter(found => !isMisplaced(found))
  if (misplaced.length === 0) return others
  const standing = await lists.list(namespace, misplaced.some(isLabelled) ? 'all' : 'unplaced', keep)
  return [...others, ...standing.filter(isMisplaced)]
}

async function adoptAll(options: AdoptionOptions, all: readonly Adoptable[], tally: Tally): Promise<void> {
  const { findings } = options
  await Promise.all(all.map(async ({ one, verdict }) => {
    const { listed } = verdict
    const outcome = await adopt(options, { one, verdict })
    tally.note(listed, groupOf(verdict), outcome)
    if (outcome === 'forbidden') {
      findings.note(listed, 'MayNotPatchPods', 'pods that no admission placed are not adopted: the right to patch pods is missing')
    }
    if (outcome === 'done' && hasOwnCost(one.pod)) {
      findings.note(listed, 'OwnDeletionCost', `pods have a ${deletionCostAnnotation} of their own: scaling in goes by that`)
    }
  }))
}

/** The seat is reserved before the patch is sent, so that no new pod is given it. */
async function adopt({ knowledge, clock, patches }: AdoptionOptions, { one, verdict }: Adoptable): Promise<PatchOutcome> {
  const { listed, plan, group } = verdict
  const { owner } = one.pod
  const name = groupOf(verdict)
  // What it was judged by may have changed while the list was read.
  const isCurrent = knowledge.distributors.get(one.namespace, listed.name)?.outcome === listed.outcome
  if (name === undefined || owner === undefined || !isCurrent) return 'failed'
  const own = ownSeat(one.pod)
  if (own !== undefined && own >= seatLimit) return 'refused'
  const revision = knowledge.revisions.of(one.namespace, owner.uid)
  const seat = own ?? revision.rosterFor(plan).freeSeatOf(group)
  // With the time: a pod may be adopted more than once, and the reservation is another then.
  const placed = { distributor: listed.name, group: name, seat, admission: `adopted-${one.uid}-${clock.now()}` }
  if (own === undefined) revision.reserve({ ...placed, given: clock.now() })
  const outcome = await patches.patch(one, adoptionMarks(one.pod, placed))
  if (outcome !== 'done') revision.release(placed.admission)
  return outcome
}

/** Whether all was done. */
async function mendCosts({ patches }: AdoptionOptions, found: readonly Costing[]): Promise<boolean> {
  const outcomes = await Promise.all(found.map(({ one, verdict: { cost } }) =>
    patches.patch(one, { annotations: { [deletionCostAnnotation]: cost } })))
  return !outcomes.includes('failed')
}

function isAdoptable(found: Found): found is Adoptable {
  return found.verdict.kind === 'adopt'
}

function isCost(found: Found): found is Costing {
  return found.verdict.kind === 'cost'
}

function groupOf({ plan, group }: Adoptable['verdict']): string | undefined {
  return plan.distributor.groups[group]?.name
}

function isMisplaced({ verdict: { kind } }: Found): boolean {
  return kind === 'adopt' || kind === 'stray'
}

function isPending({ one, verdict }: Found): boolean {
  return verdict.kind === 'stray' && one.pod.nodeName === undefined
}

function isLabelled({ one }: Found): boolean {
  return one.pod.labels !== undefined && Object.hasOwn(one.pod.labels, distributorLabel)
}

function byAge({ one: a }: Adoptable, { one: b }: Adoptable): number {
  return a.created - b.created || (a.uid < b.uid ? -1 : 1)
}
