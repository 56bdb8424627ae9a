import type { Clock } from '../cluster/clock.ts'
import { message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'
import { createLoop, type Loop } from './loop.ts'

export interface StrayScanOptions {
  /** Where in the cluster there are strays: namespaces, with a text that is another when the strays are. */
  readonly everywhere: () => Promise<ReadonlyMap<string, string>>
  /** Whether it is worth while now: a look at one namespace after the other would take too long. */
  readonly isWanted: () => boolean
  /** Called for a namespace where strays have come or gone since the list before. */
  readonly onNews: (namespace: string) => void
  readonly clock: Clock
  readonly log: Log
}

/** Milliseconds. */
const askEvery = 1000
/** From one list to the next: at least so long, or twice as long as it took. */
const scanEvery = 30_000

/** Finds strays with one list of the whole cluster, again and again, where there are very many namespaces. */
export function createStrayScan({ everywhere, isWanted, onNews, clock, log }: StrayScanOptions): Pick<Loop, 'start' | 'stop'> {
  let before: ReadonlyMap<string, string> = new Map()
  const loop = createLoop(clock, async () => {
    if (!isWanted()) return askEvery
    const began = clock.now()
    try {
      const strays = await everywhere()
      for (const namespace of new Set([...before.keys(), ...strays.keys()])) {
        if (strays.get(namespace) !== before.get(namespace)) onNews(namespace)
      }
      before = strays
    } catch (error) {
      if (!loop.isStopped()) log.warn({ err: error }, `no search of the cluster for strays: ${message(error)}`)
    }
    return Math.max(scanEvery, 2 * (clock.now() - began))
  }, log)
  return loop
}
