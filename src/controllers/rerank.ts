import type { Clock } from '../cluster/clock.ts'
import { message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'
import { readFound, seatMarks, type FoundPod } from '../placement/adoption.ts'
import type { Plan } from '../placement/distributor/plan.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import type { DistributorKey } from '../placement/seats/by-distributor.ts'
import { readPlacedPod } from '../placement/seats/placed-pod.ts'
import { rerank, type RankedPod } from '../placement/seats/rerank.ts'
import type { Revision } from '../placement/seats/revision.ts'
import { ownSeat } from '../placement/workload.ts'
import { skipNamespace } from '../placement/scope.ts'
import { createBreath } from './breath.ts'
import { createGapWatch } from './gap-watch.ts'
import type { PodLists } from './list-pods.ts'
import { createLoop } from './loop.ts'
import type { PatchOutcome, PodPatches } from './pod-patches.ts'

export interface RerankOptions {
  readonly knowledge: Knowledge
  readonly clock: Clock
  readonly log: Log
  readonly lists: PodLists
  readonly patches: PodPatches
}

/** Closes the gaps that pods leave which went out of turn, by new seats and deletion costs, for as long as this replica leads. */
export interface Reranking {
  readonly start: () => void
  /** Resolves when nothing is under way. */
  readonly stop: () => Promise<void>
}

/** Milliseconds. */
const lookEvery = 1000
/** Distributors looked at in one turn. */
const inOneTurn = 1000

interface Seated extends RankedPod {
  readonly owner: string
  readonly found: FoundPod
}

export function createRerank(options: RerankOptions): Reranking {
  const { knowledge: { distributors, revisions, ownNamespace }, clock, log, patches } = options
  const gaps = createGapWatch(() => clock.now())
  const breath = createBreath(clock)
  let queue: DistributorKey[] = []

  /** Those of a distributor that have had gaps for a while, and nothing under way that might close them. */
  const overdue = async (plan: Plan): Promise<readonly Revision[]> => {
    const { distributor } = plan
    if (distributor.enforcement === 'Audit' || !patches.mayPatch(distributor.namespace)) return []
    const due: Revision[] = []
    for (const revision of revisions.revisionsOf(distributor)) {
      await breath()
      if (gaps.isDue(revision, plan)) due.push(revision)
    }
    return due
  }
  const mend = async (plan: Plan, due: readonly Revision[]): Promise<void> => {
    const { namespace, name } = plan.distributor
    if (skipNamespace(namespace, ownNamespace) !== undefined) return
    for (const revision of due) gaps.begun(revision)
    const pods = await listSeated(options, plan, new Set(due.map(({ owner }) => owner)))
    for (const revision of due) {
      // Pods came or went while the list was read: what it says of the seats may be wrong by now.
      if (loop.isStopped() || !gaps.isAsBegun(revision, plan)) continue
      const outcomes = await close(options, plan, revision, pods.get(revision.owner) ?? [])
      const done = outcomes.filter(outcome => outcome === 'done').length
      // A pod whose patch was refused keeps its seat: that is no reason to look again.
      if (!outcomes.includes('failed')) gaps.closed(revision, done > 0)
      const fields = { namespace, distributor: name, owner: revision.owner, pods: done }
      if (done > 0) log.info(fields, 'closed the gaps in the seats of a revision')
    }
  }
  const lookAt = async ({ namespace, name }: DistributorKey): Promise<void> => {
    const outcome = distributors.get(namespace, name)?.outcome
    if (loop.isStopped() || outcome === undefined || !('plan' in outcome)) return
    try {
      const due = await overdue(outcome.plan)
      if (due.length > 0) await mend(outcome.plan, due)
    } catch (error) {
      if (!loop.isStopped()) log.warn({ err: error, namespace, distributor: name }, `the gaps in its seats stay for now: ${message(error)}`)
    }
  }
  const loop = createLoop(clock, async () => {
    if (queue.length === 0) queue = [...revisions.distributors()]
    for (const key of queue.splice(0, inOneTurn)) {
      await breath()
      await lookAt(key)
    }
    return lookEvery
  }, log)
  return { start: loop.start, stop: loop.stop }
}

/** Pods as they are now, and not as the watch showed them last, by owner. Those whose controller gave them their seats are none of ours. */
async function listSeated(
  { lists }: RerankOptions, plan: Plan, owners: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Seated[]>> {
  const { namespace, name } = plan.distributor
  const seated = await lists.list(namespace, { distributor: name }, (object): Seated | undefined => {
    const placed = readPlacedPod(object)
    const found = readFound(object)
    const group = plan.groupIndex.get(placed?.group ?? '')
    if (placed === undefined || found === undefined || group === undefined) return undefined
    if (!owners.has(placed.owner) || ownSeat(found.pod) !== undefined) return undefined
    return { uid: placed.uid, group, seat: placed.seat, created: placed.created, owner: placed.owner, found }
  }, { metadataOnly: true })
  return Map.groupBy(seated, ({ owner }) => owner)
}

/** Returns what came of each pod that was to get another seat, but for those of which that was refused a while ago. */
async function close(
  { patches }: RerankOptions, plan: Plan, revision: Revision, pods: readonly Seated[],
): Promise<readonly PatchOutcome[]> {
  const seats = rerank(plan.sequenceFor(revision.owner), plan.distributor.groups.length, pods)
  const moved = pods.flatMap(({ found, uid }) => {
    const seat = seats.get(uid)
    return seat === undefined || patches.vain(uid) === 'refused' ? [] : [{ found, seat }]
  })
  return Promise.all(moved.map(({ found, seat }) => patches.patch(found, { annotations: seatMarks(found.pod, seat) })))
}
