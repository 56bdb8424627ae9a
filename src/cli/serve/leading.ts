import { setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ControllerMetrics } from '../../admission/controller-metrics.ts'
import { systemClock } from '../../cluster/clock.ts'
import { message } from '../../cluster/cluster-error.ts'
import type { Connection } from '../../cluster/connection.ts'
import { createAdoption } from '../../controllers/adoption.ts'
import { createEvents } from '../../controllers/events.ts'
import type { Findings } from '../../controllers/findings.ts'
import { createPodLists } from '../../controllers/list-pods.ts'
import { createPodPatches } from '../../controllers/pod-patches.ts'
import { createRerank } from '../../controllers/rerank.ts'
import { createStatusController } from '../../controllers/status.ts'
import { createSweep } from '../../controllers/sweep.ts'
import { createWrite, type Write } from '../../controllers/write.ts'
import { seatAnnotation } from '../../placement/keys.ts'
import type { Knowledge } from '../../placement/knowledge.ts'

/** What the replica that leads does beside answering: one loop each, all of which end when another leads. */
export interface Leading {
  /** When the API server last said anything about which pods are Ready; milliseconds since 1970. */
  readonly readinessContact: () => number | undefined
  /** Strays are looked for at once, everywhere: after any sign that admissions were missed. */
  readonly sweepNow: () => void
  readonly stop: () => Promise<void>
}

export interface LeadingOptions {
  readonly connection: Connection
  readonly knowledge: Knowledge
  readonly findings: Findings
  readonly log: Logger
  readonly metrics: ControllerMetrics
  /** Looked at before every write. */
  readonly isLeading: () => boolean
  /** Whether pods may be patched. */
  readonly adoption: boolean
  /** Who reports events. */
  readonly instance: string
}

/** Starts all of it: call it once this replica leads, and knows what there is. */
export function startLeading(options: LeadingOptions): Leading {
  const { connection, knowledge, findings, log, metrics, isLeading, adoption, instance } = options
  const shared = { connection, knowledge, findings, log, clock: systemClock, random: Math.random }
  const ending = new AbortController()
  const write = createWrite(connection, isLeading, ending.signal)
  const events = createEvents({ write, now: Date.now, instance, log })
  const lists = createPodLists(connection, systemClock, ending.signal)
  const patches = createPodPatches({
    write, clock: systemClock, log, adoption,
    onPatched({ labels, annotations }) {
      if (labels !== undefined) metrics.countAdopted(1)
      else if (annotations?.[seatAnnotation] !== undefined) metrics.countRenumbered(1)
    },
  })
  const writeStatus: Write = async (path, request) => {
    const answer = await write(path, request)
    metrics.countStatusWrite()
    return answer
  }
  const adopt = createAdoption({ ...shared, lists, patches, emit: events.emit })
  const status = createStatusController({ ...shared, write: writeStatus, events })
  const sweep = createSweep({ ...shared, adoption: adopt })
  const loops = [sweep, createRerank({ ...shared, lists, patches }), status]
  for (const loop of loops) loop.start()
  return {
    readinessContact: status.lastContact,
    sweepNow: sweep.sweepNow,
    async stop() {
      ending.abort(new Error('stopped'))
      await Promise.all([patches.stop(), ...loops.map(loop => loop.stop())])
    },
  }
}

/** Milliseconds from a start that failed to the next: the first time, and in the end. */
const [firstDelay, lastDelay] = [1000, 60_000]

/**
 * Starts and stops what is to run while `isWanted` says so, one after the other. `look` is called whenever that may have changed; it
 * resolves when nothing is left to be done now, and never rejects: what fails is told, and started again, later each time. The start is
 * another turn of the event loop: what changed is known to all by then.
 *
 * @param now milliseconds
 */
export function whileWanted<T extends { readonly stop: () => Promise<void> }>(
  isWanted: () => boolean, start: () => T, log?: Pick<Logger, 'error'>, now: () => number = Date.now,
) {
  let running: T | undefined
  let underWay: Promise<void> | undefined
  let [failures, notBefore] = [0, -Infinity]
  const startSafely = (): void => {
    try {
      running = start()
      failures = 0
    } catch (error) {
      log?.error({ err: error }, `could not start: ${message(error)}; trying again`)
      notBefore = now() + Math.min(lastDelay, firstDelay * 2 ** failures)
      failures += 1
    }
  }
  const endSafely = async (ending: T): Promise<void> => {
    try {
      await ending.stop()
    } catch (error) {
      log?.error({ err: error }, `did not end as it should: ${message(error)}`)
    }
  }
  const follow = async (): Promise<void> => {
    await setImmediate()
    while (isWanted() !== (running !== undefined)) {
      if (running === undefined) {
        if (now() < notBefore) return
        startSafely()
      } else {
        const ending = running
        running = undefined
        await endSafely(ending)
      }
    }
  }
  return {
    current: () => running,
    async look(): Promise<void> {
      if (underWay === undefined && isWanted() === (running !== undefined)) return
      underWay ??= follow().finally(() => {
        underWay = undefined
      })
      await underWay
    },
  }
}
