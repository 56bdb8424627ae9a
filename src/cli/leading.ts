import { setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ControllerMetrics } from '../admission/controller-metrics.ts'
import { systemClock } from '../cluster/clock.ts'
import type { Connection } from '../cluster/connection.ts'
import { createAdoption } from '../controllers/adoption.ts'
import { createEvents } from '../controllers/events.ts'
import type { Findings } from '../controllers/findings.ts'
import { createPodLists } from '../controllers/list-pods.ts'
import { createPodPatches } from '../controllers/pod-patches.ts'
import { keepRegistered, type Registration } from '../controllers/registration.ts'
import { createRerank } from '../controllers/rerank.ts'
import { createStatusController } from '../controllers/status.ts'
import { createSweep } from '../controllers/sweep.ts'
import type { Reach } from '../controllers/webhook-entry.ts'
import { createWrite, type Write } from '../controllers/write.ts'
import { seatAnnotation } from '../placement/keys.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import { repeat } from './repeat.ts'

/** What the replica that leads does beside answering: one loop each, all of which end when another leads. */
export interface Leading {
  /** The served certificate is another. */
  readonly certificateChanged: () => Promise<void>
  /** Registers no more: whoever comes next registers what it serves. */
  readonly leaveRegistration: () => void
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
  /** Undefined: the API server cannot be told where to call. */
  readonly reach: Reach | undefined
  /** PEM of the authority that signed what is served now. */
  readonly authority: () => string | undefined
}

/** Starts all of it: call it once this replica leads, and knows what there is. */
export function startLeading(options: LeadingOptions): Leading {
  const { connection, knowledge, findings, log, metrics, isLeading, adoption, instance } = options
  const shared = { connection, knowledge, findings, log, clock: systemClock, random: Math.random }
  const ending = new AbortController()
  const write = createWrite(connection, isLeading)
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
  const loops = [
    createSweep({ ...shared, adoption: adopt }),
    createRerank({ ...shared, lists, patches }),
    createStatusController({ ...shared, write: writeStatus, events }),
  ]
  for (const loop of loops) loop.start()
  const registration = register(options)
  return {
    async certificateChanged() {
      await registration?.check()
    },
    leaveRegistration: () => registration?.stop(),
    async stop() {
      registration?.stop()
      ending.abort(new Error('stopped'))
      await Promise.all([patches.stop(), ...loops.map(loop => loop.stop())])
    },
  }
}

function register({ connection, knowledge: { ownNamespace }, reach, authority, log }: LeadingOptions): Registration | undefined {
  if (reach === undefined) {
    log.warn('not registered with the API server, which cannot know where to call: give --webhook-url outside a cluster')
    return undefined
  }
  const registration = keepRegistered({ connection, reach, ownNamespace, authority, log, repeat })
  void registration.check()
  return registration
}

/**
 * Starts and stops what is to run while `isWanted` says so, one after the other. `look` is called whenever that may have changed; it
 * resolves when nothing is left to be done. The start is another turn of the event loop: what changed is known to all by then.
 */
export function whileWanted<T extends { readonly stop: () => Promise<void> }>(isWanted: () => boolean, start: () => T) {
  let running: T | undefined
  let underWay: Promise<void> | undefined
  const follow = async (): Promise<void> => {
    await setImmediate()
    while (isWanted() !== (running !== undefined)) {
      if (running === undefined) running = start()
      else {
        const ending = running
        running = undefined
        await ending.stop()
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
