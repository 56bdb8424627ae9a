import type { Clock } from '../cluster/clock.ts'
import { message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import type { Adoption } from './adoption.ts'
import { createAgenda, type Agenda } from './agenda.ts'
import { createDistributorChanges, type DistributorChanges } from './distributor-changes.ts'
import type { Findings } from './findings.ts'
import { createLoop } from './loop.ts'
import { createStrayScan } from './stray-scan.ts'

export interface SweepOptions {
  readonly knowledge: Knowledge
  readonly findings: Findings
  readonly adoption: Adoption
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
}

/**
 * Looks for strays in every namespace that has a distributor, one after the other, for as long as this replica leads. Where that takes too
 * long, because they are very many, one list of the cluster tells which come first.
 */
export interface Sweep {
  readonly start: () => void
  /** Resolves when nothing is under way. */
  readonly stop: () => Promise<void>
  /** At once, for all namespaces: after any sign that admissions were missed. */
  readonly sweepNow: () => void
}

/** Milliseconds: a change of a distributor is answered within so long. */
const compareEvery = 1000
/** Milliseconds: so often it is seen whether pods were placed by a distributor that nobody saw go, or nobody saw at all. */
const searchEvery = 30_000
/** Between two looks: at least so long, or twice as long as the look took, so that at most a third of the time goes to sweeping. */
const breath = 50
const longestBreath = 2000
/** Namespaces that are looked at one after the other within seconds. */
const fewNamespaces = 100

export function createSweep({ knowledge, findings, adoption, clock, random, log }: SweepOptions): Sweep {
  const agenda = createAgenda(clock, random)
  const changes = createDistributorChanges(knowledge)
  const areMany = (): boolean => changes.namespaces() > fewNamespaces

  const compare = createComparison(changes, { findings, agenda, clock })
  const lookAt = async (namespace: string, isWhole: boolean): Promise<void> => {
    const distributors = changes.of(namespace)
    const how = { hasDistributors: distributors.length > 0, isWatched: areMany() }
    try {
      agenda.settle(namespace, await adoption.look(namespace, distributors, isWhole), how)
    } catch (error) {
      if (loop.isStopped()) return
      log.warn({ err: error, namespace }, `no sweep for strays: ${message(error)}`)
      agenda.settle(namespace, { isUnsettled: true, isCutOff: false, hasStrays: true, hasLabelled: isWhole }, how)
    }
  }
  const loop = createLoop(clock, async () => {
    const began = clock.now()
    compare()
    const next = agenda.next()
    if (next === undefined) return compareEvery
    await lookAt(next.namespace, next.isWhole)
    return Math.min(longestBreath, Math.max(breath, 2 * (clock.now() - began)))
  }, log)
  const scan = createStrayScan({
    everywhere: adoption.everywhere, isWanted: areMany, onNews: namespace => agenda.press({ namespace, isWhole: false }), clock, log,
  })
  return {
    start() {
      // It compares first: then it is known how many namespaces there are.
      loop.start()
      scan.start()
    },
    async stop() {
      await Promise.all([loop.stop(), scan.stop()])
    },
    sweepNow() {
      agenda.press({ isWhole: false })
      loop.wake()
    },
  }
}

/** Puts on the agenda what the distributors give reason to look at, once a second however often it is called. */
function createComparison(
  changes: DistributorChanges, { findings, agenda, clock }: Pick<SweepOptions, 'findings' | 'clock'> & { readonly agenda: Agenda },
): () => void {
  let [compared, searched] = [-Infinity, -Infinity]
  return () => {
    // A timer may be over a millisecond early.
    if (clock.now() - compared < compareEvery / 2) return
    const { changed, gone } = changes.take()
    for (const one of gone) findings.forget(one)
    const namespaces = new Set([...changed, ...gone].map(({ namespace }) => namespace))
    for (const namespace of namespaces) {
      if (namespaces.size > fewNamespaces) agenda.enter(namespace)
      else agenda.press({ namespace, isWhole: true })
    }
    compared = clock.now()
    if (clock.now() - searched < searchEvery) return
    for (const { namespace } of changes.takeAbsent()) agenda.press({ namespace, isWhole: true })
    searched = clock.now()
  }
}
