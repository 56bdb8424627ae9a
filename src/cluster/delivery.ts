import type { BaseLogger } from 'pino'
import { ClusterError, message, ownReasons } from './cluster-error.ts'
import type { ObjectKey } from './object-key.ts'
import type { WatchEvent } from './watch-stream.ts'

/** What a reflector keeps up to date. Calls come one at a time, in the order of the API server's events; none may be async. */
export interface Consumer<T> {
  /**
   * All there is, after each list; what is not in it is gone. An object that was deleted and made again under its name while nobody
   * watched is here with another uid: compare by uid, or the two look like one that changed. When this throws, the list is asked for again.
   */
  replace(items: readonly T[]): void
  /** Added or changed. The same event may come twice. */
  apply(item: T): void
  /** Deleted, or of no interest any more; maybe never known. */
  remove(key: ObjectKey): void
}

export type Log = Pick<BaseLogger, 'debug' | 'info' | 'warn'>

export interface Delivery<T> {
  /** What is to be kept of an object; undefined when parsing it throws, too. */
  readonly keep: (object: unknown) => T | undefined
  /** Throws a ClusterError when the consumer does. */
  replace(items: readonly T[]): void
  /** One event that is not a bookmark; never throws. */
  event(event: WatchEvent): void
  /** How often parsing or the consumer threw. */
  faults(): number
}

/** Stands between the reflector and code that may throw: it counts every fault, logs the first since the last list, and goes on. */
export function createDelivery<T>(parse: Delivery<T>['keep'], consumer: Consumer<T>, name: string, log: Log): Delivery<T> {
  let faults = 0
  let quiet = false
  const fault = (err: unknown, what: string) => {
    faults++
    const text = `${what} threw; going on with the next, more are only counted until the next list`
    if (!quiet) log.warn({ err, reflector: name, faults }, text)
    quiet = true
  }
  const guarded = (what: string, run: () => void) => {
    try {
      run()
    } catch (error) {
      fault(error, what)
    }
  }
  const deliver = ({ type, object, key }: WatchEvent) => {
    const item = type === 'DELETED' ? undefined : parse(object)
    if (item === undefined) consumer.remove(key)
    else consumer.apply(item)
  }
  return {
    keep: object => {
      let item: T | undefined
      guarded('parsing an object of the list', () => { item = parse(object) })
      return item
    },
    replace: items => {
      try {
        consumer.replace(items)
        quiet = false
      } catch (error) {
        faults++
        throw new ClusterError(`the consumer of the list of ${name} threw: ${message(error)}`, { reason: ownReasons.consumer }, error)
      }
    },
    event: event => guarded(`the consumer of a ${event.type} event`, () => deliver(event)),
    faults: () => faults
  }
}
