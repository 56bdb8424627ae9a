import { createBackoff } from '../cluster/backoff.ts'
import { pause, type Clock } from '../cluster/clock.ts'
import { message } from '../cluster/cluster-error.ts'
import type { Connection } from '../cluster/connection.ts'
import type { Log } from '../cluster/delivery.ts'
import { paths } from '../cluster/follow.ts'
import { listAll } from '../cluster/list.ts'
import { parseKey } from '../cluster/object-key.ts'
import type { Reflector } from '../cluster/reflector.ts'
import { asMap } from '../placement/is-map.ts'
import { canonicalStatus } from '../placement/status/read-status.ts'
import { followReadiness } from './readiness.ts'
import type { Found } from './status-entries.ts'
import { createStatusTurn, type StatusTurnOptions } from './status-turn.ts'
import { createStatusWriter } from './status-writer.ts'
import type { Write } from './write.ts'

export interface StatusOptions extends Pick<StatusTurnOptions, 'knowledge' | 'findings' | 'events'> {
  readonly connection: Pick<Connection, 'request'>
  readonly write: Write
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
}

/** Keeps the status of every PodDistributor, while this replica leads. */
export interface StatusController {
  /** Once it leads, and knows what there is. Does nothing while it runs. */
  readonly start: () => void
  /** Afterwards nothing is written any more. It may be started again. */
  readonly stop: () => Promise<void>
  /**
   * Until when all is known that happened to the readiness of pods, in milliseconds since 1970: when it began to be watched, before the
   * first list. Undefined while it is not watched.
   */
  readonly lastContact: () => number | undefined
}

/** Milliseconds between two turns: no status is written more often. */
const every = 1000
/** Milliseconds that the first turn waits to know which pods are Ready, lest every status says none is. */
const longestWait = 30_000

export function createStatusController(options: StatusOptions): StatusController {
  let running: { readonly end: AbortController, readonly done: Promise<void>, readonly lastContact: () => number } | undefined
  return {
    start() {
      if (running !== undefined) return
      const { connection, knowledge: { revisions }, clock, random, log } = options
      const end = new AbortController()
      const readiness = followReadiness({ connection, revisions, clock, random, log })
      const began = clock.now()
      running = { end, done: run(options, readiness, end.signal), lastContact: () => readiness.status().lastContact ?? began }
    },
    lastContact: () => running?.lastContact(),
    async stop() {
      const stopping = running
      stopping?.end.abort(new Error('stopped'))
      await stopping?.done
      if (running === stopping) running = undefined
    },
  }
}

async function run(
  { connection, write, clock, random, log, ...rest }: StatusOptions, readiness: Reflector, signal: AbortSignal,
): Promise<void> {
  readiness.start()
  try {
    await Promise.race([readiness.synced, pause(clock, longestWait, signal)])
    const found = await findStatuses({ connection, clock, random, log }, signal)
    const writeStatus = createStatusWriter({ connection, write, clock })
    const turn = createStatusTurn({ ...rest, writeStatus, clock, random, log, found, signal })
    while (!signal.aborted) {
      await turn()
      await pause(clock, every, signal)
    }
  } catch (error) {
    // Nothing is known to throw here; if something does, pods are placed all the same.
    log.warn({ err: error }, 'the statuses of PodDistributors are not told any more')
  } finally {
    await readiness.stop()
  }
}

/** By uid, the statuses that another replica may have written; tries until it succeeds or is stopped. */
async function findStatuses(
  { connection, clock, random, log }: Pick<StatusOptions, 'connection' | 'clock' | 'random' | 'log'>, signal: AbortSignal,
): Promise<Map<string, Found>> {
  const backoff = createBackoff(clock, random)
  const shared = {
    connection, path: paths.poddistributors, query: {}, accept: 'application/json', pageSize: 500, timeout: 60_000, clock, signal,
  }
  let trouble: string | undefined
  while (!signal.aborted) {
    try {
      return new Map((await listAll({ ...shared, keep: readFound })).items)
    } catch (error) {
      if (!signal.aborted && message(error) !== trouble) {
        log.warn({ err: error }, 'the statuses of PodDistributors could not be listed; trying again')
      }
      trouble = message(error)
      await pause(clock, backoff.next(), signal)
    }
  }
  return new Map()
}

function readFound(object: unknown): readonly [string, Found] | undefined {
  const found = parseKey(object)
  if (found === undefined) return undefined
  return [found.key.uid, { written: canonicalStatus(asMap(object)['status']), version: found.resourceVersion }]
}
