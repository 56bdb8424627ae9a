import type { Clock } from '../cluster/clock.ts'
import { message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import type { Adoption } from './adoption.ts'
import { createAgenda } from './agenda.ts'
import { createDistributorChanges } from './distributor-changes.ts'
import type { Findings } from './findings.ts'
import { createLoop } from './loop.ts'

export interface SweepOptions {
  readonly knowledge: Knowledge
  readonly findings: Findings
  readonly adoption: Adoption
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
}

/** Looks for strays in every namespace that has a distributor, one after the other, for as long as this replica leads. */
export interface Sweep {
  readonly start: () => void
  /** Resolves when nothing is under way. */
  readonly stop: () => Promise<void>
  /** At once, for all namespaces or one: after any sign that admissions were missed. */
  readonly sweepNow: (namespace?: string) => void
}

/** Milliseconds: a change of a distributor is answered within so long. */
const compareEvery = 1000
/** Milliseconds: so often it is seen whether pods were placed by a distributor that nobody saw go, or nobody saw at all. */
const searchEvery = 30_000
/** Between two looks: at least so long, or twice as long as the look took, so that at most a third of the time goes to sweeping. */
const breath = 50
const longestBreath = 2000

export function createSweep({ knowledge, findings, adoption, clock, random, log }: SweepOptions): Sweep {
  const agenda = createAgenda(clock, random)
  const changes = createDistributorChanges(knowledge)
  let [compared, searched] = [-Infinity, -Infinity]

  const compare = (): void => {
    const { changed, gone } = changes.take()
    for (const one of gone) findings.forget(one)
    for (const { namespace } of [...changed, ...gone]) agenda.press({ namespace, isWhole: true })
    compared = clock.now()
    if (clock.now() - searched < searchEvery) return
    for (const { namespace } of changes.takeAbsent()) agenda.press({ namespace, isWhole: true })
    searched = clock.now()
  }
  const lookAt = async (namespace: string, isWhole: boolean): Promise<void> => {
    const distributors = changes.of(namespace)
    try {
      agenda.settle(namespace, await adoption.look(namespace, distributors, isWhole), distributors.length > 0)
    } catch (error) {
      if (loop.isStopped()) return
      log.warn({ err: error, namespace }, `no sweep for strays: ${message(error)}`)
      agenda.settle(namespace, { isUnsettled: true, isCutOff: false, hasLabelled: isWhole }, distributors.length > 0)
    }
  }
  const loop = createLoop(clock, async () => {
    const began = clock.now()
    // A timer may be over a millisecond early.
    if (began - compared >= compareEvery / 2) compare()
    const next = agenda.next()
    if (next === undefined) return compareEvery
    await lookAt(next.namespace, next.isWhole)
    return Math.min(longestBreath, Math.max(breath, 2 * (clock.now() - began)))
  })
  return {
    start: loop.start,
    stop: loop.stop,
    sweepNow(namespace) {
      agenda.press({ ...namespace === undefined ? {} : { namespace }, isWhole: false })
      loop.wake()
    },
  }
}
