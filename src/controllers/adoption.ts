import type { Clock } from '../cluster/clock.ts'
import { adoptionMarks, type FoundPod, type Verdict } from '../placement/adoption.ts'
import type { Listed } from '../placement/distributor/listed.ts'
import { deletionCostAnnotation } from '../placement/keys.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import { hasOwnCost } from '../placement/patch/deletion-cost.ts'
import { skipLabelled } from '../placement/scope.ts'
import { adoptionText } from '../placement/seats/adoption-text.ts'
import { seatLimit } from '../placement/seats/sequence.ts'
import { ownSeat } from '../placement/workload.ts'
import type { Emit } from './emit.ts'
import { createStrayFinder, isLabelled, isMisplaced, type Found, type Sight } from './find-strays.ts'
import type { Findings } from './findings.ts'
import type { PodLists } from './list-pods.ts'
import type { Marks, PatchOutcome, PodPatches } from './pod-patches.ts'
import { createRelabelling, type Relabelling } from './relabelling.ts'
import { createTally, type Tally } from './stray-tally.ts'

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
  /** There are more to be adopted than one look takes, and it got on. */
  readonly isCutOff: boolean
  /** Pods are left that may be adopted one day. */
  readonly hasStrays: boolean
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
  /**
   * Where in the cluster there are strays: namespaces, with a text that is another when the strays are. One list, for very many namespaces.
   */
  readonly everywhere: () => Promise<ReadonlyMap<string, string>>
}

/** Milliseconds: what was created just now is left for the next look. */
const youngest = 2000
/** Pods that one look adopts, so that no namespace keeps the others waiting for more than five seconds. */
const mostAtOnce = 250

interface Adoptable extends Found {
  readonly verdict: Extract<Verdict, { readonly kind: 'adopt' }>
}

interface Costing extends Found {
  readonly verdict: Extract<Verdict, { readonly kind: 'cost' }>
}

export function createAdoption(options: AdoptionOptions): Adoption {
  const { findings, emit, clock, patches } = options
  const finder = createStrayFinder(options)
  const relabelling = createRelabelling(() => clock.now())
  return {
    everywhere: finder.everywhere,
    async look(namespace, distributors, whole) {
      const { found, evidence, counted } = await finder.find(namespace, distributors, whole)
      const tally = createTally()
      for (const { verdict } of found) {
        if (verdict.kind === 'labelled') findings.note(verdict.listed, 'TemplateSetsLabel', verdict.detail)
        if (verdict.kind === 'stray') tally.stray(verdict.listed, verdict.standing)
      }
      const adoptable = found.filter(isAdoptable)
      const grown = adoptable.filter(({ one }) => clock.now() - one.created >= youngest)
      const mayPatch = patches.mayPatch(namespace)
      const { chosen, tries, isWaiting } = choose(options, relabelling, { grown: mayPatch ? grown : [], evidence }, tally)
      const [now, later] = [chosen.slice(0, mostAtOnce), mayPatch ? chosen.slice(mostAtOnce) : grown]
      for (const { verdict } of later) tally.stray(verdict.listed, groupOf(verdict))
      const costs = mayPatch ? inTurn(patches, found.filter(isCost)) : []
      const costsNow = costs.slice(0, mostAtOnce)
      const [outcomes, costOutcomes] = await Promise.all([adoptAll(options, now, tally), mendCosts(options, costsNow)])
      for (const found of tries) if (outcomes[now.indexOf(found)] !== 'done') relabelling.untried(found.one)
      noteForbidden(options, namespace, adoptable)
      tally.report(counted, findings, emit)
      const [isLeft, costsLeft] = [later.length > 0, costs.length > costsNow.length]
      const isCutOff = mayPatch && ((isLeft && outcomes.includes('done')) || (costsLeft && costOutcomes.includes('done')))
      const costsFailed = costOutcomes.includes('failed')
      return {
        isUnsettled: tally.failed() || costsFailed || isWaiting || grown.length < adoptable.length || found.some(isPending)
          || (!isCutOff && (costsLeft || (mayPatch && isLeft)))
          || (patches.obstacle(namespace) === 'resting' && (isLeft || found.some(isCost))),
        isCutOff,
        hasStrays: tally.left() > 0 || counted.length < distributors.length,
        hasLabelled: costsFailed || costsLeft || (whole && !mayPatch && found.some(isCost))
          || found.some(one => isMisplaced(one) && (isLabelled(one) || skipLabelled(one.one.pod) !== undefined)),
      }
    },
  }
}

/**
 * Those of the pods that are to be adopted now or later; the others are told. `tries` are among them, one of an owner; `isWaiting`: some
 * depend on what becomes of others.
 */
function choose(
  { findings, patches }: AdoptionOptions, relabelling: Relabelling,
  { grown, evidence }: Pick<Sight, 'evidence'> & { readonly grown: readonly Adoptable[] },
  tally: Tally,
): { readonly chosen: readonly Adoptable[], readonly tries: readonly Adoptable[], readonly isWaiting: boolean } {
  let isWaiting = false
  const tries: Adoptable[] = []
  const ready = inTurn(patches, grown)
  const chosen = ready.filter(found => {
    const { one, verdict } = found
    const labels = relabelling.judge(one, evidence)
    if (labels === 'theirs') findings.note(verdict.listed, 'TemplateSetsLabel', skipLabelled(one.pod)?.warning ?? '')
    if (labels === 'wait' || labels === 'unknown') tally.stray(verdict.listed, groupOf(verdict))
    if (labels === 'try') tries.push(found)
    isWaiting ||= labels === 'unknown' || (labels === 'wait' && relabelling.isTrying(one))
    return labels === 'ours' || labels === 'try'
  })
  const turns = new Set(ready)
  for (const found of grown) if (!turns.has(found)) tally.stray(found.verdict.listed, groupOf(found.verdict))
  return { chosen, tries, isWaiting }
}

/**
 * The oldest first; what failed of late comes last, and what was refused is passed over, so that the same few do not keep the others
 * waiting.
 */
function inTurn<T extends Found>(patches: PodPatches, all: readonly T[]): readonly T[] {
  const { failed = [], fresh = [] } = Object.groupBy(all, ({ one }) => (patches.vain(one.uid) ?? 'fresh'))
  return [...fresh.toSorted(byAge), ...failed.toSorted(byAge)]
}

/** Said again with each look: findings are forgotten after a while. */
function noteForbidden({ findings, patches }: AdoptionOptions, namespace: string, adoptable: readonly Adoptable[]): void {
  if (patches.obstacle(namespace) !== 'forbidden') return
  for (const listed of new Set(adoptable.map(({ verdict }) => verdict.listed))) {
    findings.note(listed, 'MayNotPatchPods', 'pods that no admission placed are not adopted: the right to patch pods is missing')
  }
}

function adoptAll(options: AdoptionOptions, all: readonly Adoptable[], tally: Tally): Promise<readonly PatchOutcome[]> {
  const { findings } = options
  return Promise.all(all.map(async ({ one, verdict }) => {
    const { listed } = verdict
    const outcome = await adopt(options, { one, verdict })
    tally.note(listed, groupOf(verdict), outcome)
    if (outcome === 'done' && hasOwnCost(one.pod)) {
      findings.note(listed, 'OwnDeletionCost', `pods have a ${deletionCostAnnotation} of their own: scaling in goes by that`)
    }
    return outcome
  }))
}

/**
 * The seat is chosen and reserved when the patch is about to be sent, and not before: the turn of the last of many comes seconds later, and
 * a reservation of which nothing is seen for so long would be taken for one whose pod never came.
 */
async function adopt({ knowledge, clock, patches }: AdoptionOptions, { one, verdict }: Adoptable): Promise<PatchOutcome> {
  const { listed, plan, group } = verdict
  const { owner } = one.pod
  const name = groupOf(verdict)
  if (name === undefined || owner === undefined) return 'failed'
  let reserved: string | undefined
  const outcome = await patches.patch(one, (): Marks | PatchOutcome => {
    // What it was judged by may have changed while the list was read.
    if (knowledge.distributors.get(one.namespace, listed.name)?.outcome !== listed.outcome) return 'failed'
    const own = ownSeat(one.pod)
    if (own !== undefined && own >= seatLimit) return 'refused'
    const revision = knowledge.revisions.of(one.namespace, owner.uid)
    const seat = own ?? revision.rosterFor(plan).freeSeatOf(group)
    // With the time: a pod may be adopted more than once, and the reservation is another then.
    const placed = { distributor: listed.name, group: name, seat, admission: adoptionText(one.uid, clock.now()) }
    if (own === undefined) revision.reserve({ ...placed, given: clock.now() })
    reserved = placed.admission
    return adoptionMarks(one.pod, placed)
  })
  if (outcome !== 'done' && reserved !== undefined) knowledge.revisions.of(one.namespace, owner.uid).release(reserved)
  return outcome
}

function mendCosts({ patches }: AdoptionOptions, found: readonly Costing[]): Promise<readonly PatchOutcome[]> {
  return Promise.all(found.map(({ one, verdict: { cost } }) => patches.patch(one, { annotations: { [deletionCostAnnotation]: cost } })))
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

function isPending({ one, verdict }: Found): boolean {
  return verdict.kind === 'stray' && one.pod.nodeName === undefined
}

function byAge({ one: a }: { readonly one: FoundPod }, { one: b }: { readonly one: FoundPod }): number {
  return a.created - b.created || (a.uid < b.uid ? -1 : 1)
}
