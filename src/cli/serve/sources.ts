import type { Logger } from 'pino'
import { systemClock } from '../../cluster/clock.ts'
import type { Connection } from '../../cluster/connection.ts'
import { followCluster } from '../../cluster/follow.ts'
import { followManifests } from '../../manifests/follow.ts'
import type { Knowledge } from '../../placement/knowledge.ts'
import type { GivenSeat } from '../../placement/seats/given-seat.ts'
import { repeat } from './repeat.ts'

/** Where distributors, pods and nodes come from: a cluster or a folder of manifests. */
export interface Sources {
  /** The resources whose first full list is not there yet; empty: deciding can begin. */
  readonly missing: () => readonly string[]
  /** Whether none is missing. */
  readonly isSynced: () => boolean
  /** Resolves once none is missing. */
  readonly synced: Promise<void>
  /** Seconds since the API server last said anything, by resource; until it does, since we began to ask. */
  readonly staleness: () => Readonly<Record<string, number>>
  readonly stop: () => Promise<void>
}

/** How often reservations are looked over; they live for a minute. */
const expireEvery = 5000

/**
 * Follows the cluster. Reservations end by the progress of the pods' watch: what it has not shown may still come. `onExpired` is called
 * with those that ended without their pod.
 */
export function openCluster(
  connection: Connection, knowledge: Knowledge, log: Logger, onExpired: (seats: readonly GivenSeat[]) => void,
): Sources {
  const started = Date.now()
  const reflectors = Object.entries(followCluster({ connection, knowledge, clock: systemClock, random: Math.random, log }))
  for (const [, reflector] of reflectors) reflector.start()
  let isSynced = false
  const sync = async (): Promise<void> => {
    await Promise.all(reflectors.map(([, reflector]) => reflector.synced))
    isSynced = true
  }
  const cancel = repeat(() => {
    const seen = reflectors.find(([resource]) => resource === 'pods')?.[1].status().lastContact
    const expired = seen === undefined ? [] : knowledge.revisions.expire(seen, true)
    if (expired.length > 0) onExpired(expired)
  }, expireEvery)
  return {
    missing: () => reflectors.filter(([, reflector]) => !reflector.status().synced).map(([resource]) => resource),
    isSynced: () => isSynced,
    synced: sync(),
    staleness: () => Object.fromEntries(reflectors.map(([resource, reflector]) =>
      [resource, Math.max(0, Date.now() - (reflector.status().lastContact ?? started)) / 1000])),
    async stop() {
      cancel()
      await Promise.all(reflectors.map(([, reflector]) => reflector.stop()))
    },
  }
}

/** Follows a folder. No watch shows a pod here, so reservations end by the clock. */
export async function openManifests(folder: string, knowledge: Knowledge, log: Logger): Promise<Sources> {
  const following = await followManifests({
    folder, knowledge, repeat,
    onRead: troubles => {
      for (const trouble of troubles) log.error(trouble)
      log.info({ folder, distributors: [...knowledge.distributors.all()].length, nodes: knowledge.nodes.size() }, 'read the manifests')
    },
    onLost: trouble => log.error(`${trouble}; serving what was read before`),
  })
  const cancel = repeat(() => knowledge.revisions.expire(Date.now(), false), expireEvery)
  return {
    missing: () => [],
    isSynced: () => true,
    synced: Promise.resolve(),
    staleness: () => ({}),
    async stop() {
      cancel()
      following.stop()
    },
  }
}
