import type { Clock } from '../cluster/clock.ts'
import { ClusterError, message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'
import type { Listed } from '../placement/distributor/listed.ts'
import { createBalanceNews } from '../placement/status/balance-news.ts'
import { tellNews } from '../placement/status/news.ts'
import { canonicalStatus, readConditions } from '../placement/status/read-status.ts'
import type { Condition, DistributorStatus } from '../placement/status/status.ts'
import type { Events } from './events.ts'
import { createHold } from './hold.ts'
import type { Entry } from './status-entries.ts'
import { createTroubles } from './troubles.ts'
import { NotLeading } from './write.ts'

export interface OutcomesOptions {
  readonly events: Events
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly signal: AbortSignal
  /** Where one is put that is to be tried again. */
  readonly due: Set<Entry>
}

/** What follows from a status that was written, or was not. */
export interface Outcomes {
  /** It was written: what is new in it is told by events. */
  readonly accept: (entry: Entry, status: DistributorStatus, version: string | undefined) => void
  /** It says what the API server has already. */
  readonly keep: (entry: Entry, status: DistributorStatus) => void
  /** It could not be written. */
  readonly refuse: (entry: Entry, error: unknown) => void
  /** Whether no status is to be written now: the API server refused one in a way that concerns them all. */
  readonly isHeld: () => boolean
  /** Tells of the distributors that have not been balanced for a while. */
  readonly tellDue: (find: (key: string) => Listed | undefined) => void
  readonly forget: (entry: Entry) => void
}

/** Milliseconds until a status that was refused is tried again: the first time, and in the end. */
const [firstDelay, lastDelay] = [1000, 60_000]

export function createOutcomes({ events, clock, random, log, signal, due }: OutcomesOptions): Outcomes {
  const balance = createBalanceNews()
  const troubles = createTroubles()
  const hold = createHold(clock, [firstDelay, lastDelay])
  const putOff = (entry: Entry, error: unknown): void => {
    const delay = Math.min(lastDelay, firstDelay * 2 ** entry.failures) * (1 + random() / 2)
    entry.failures += 1
    entry.notBefore = clock.now() + ((error instanceof ClusterError ? error.retryAfter : undefined) ?? delay)
    due.add(entry)
  }
  return {
    isHeld: hold.isOn,
    accept(entry, status, version) {
      hold.end()
      const previous = readConditions(JSON.parse(entry.written))
      Object.assign(entry, { written: canonicalStatus(status), version, failures: 0, notBefore: 0 })
      troubles.end(entry.key)
      const back = balance.note(entry.key, balancedIn(status), clock.now())
      const allNews = [...tellNews(previous, status), ...back === undefined ? [] : [back]]
      for (const news of allNews) events.emit({ ...news, regarding: entry.listed })
    },
    keep: (entry, status) => void balance.note(entry.key, balancedIn(status), clock.now(), true),
    refuse(entry, error) {
      entry.version = undefined
      const status = error instanceof ClusterError ? error.status : undefined
      // Stopped; or the object is gone, which the watch will tell.
      if (signal.aborted || status === 404) return
      putOff(entry, error)
      if (error instanceof ClusterError && concernsAll(error)) hold.begin(error.retryAfter)
      // Someone else changed the object: then its resourceVersion is asked for.
      if (status === 409 || error instanceof NotLeading) return
      const what = error instanceof ClusterError ? `${error.status ?? ''} ${error.reason}` : message(error)
      if (!troubles.note(entry.key, what)) return
      log.warn({ err: error, distributor: entry.key }, 'the status of a PodDistributor was not written; trying again')
    },
    tellDue(find) {
      for (const [key, news] of balance.due(clock.now())) {
        const listed = find(key)
        if (listed !== undefined) events.emit({ ...news, regarding: listed })
      }
    },
    forget({ key }) {
      balance.forget(key)
      troubles.end(key)
    },
  }
}

/**
 * No right to write any (RBAC of an earlier version, say), too many requests, an API server that is unwell or away: not of one object
 * alone.
 */
function concernsAll({ status }: ClusterError): boolean {
  return status === undefined || status === 401 || status === 403 || status === 429 || status >= 500
}

function balancedIn({ conditions }: DistributorStatus): Condition | undefined {
  return conditions.find(({ type }) => type === 'Balanced')
}
