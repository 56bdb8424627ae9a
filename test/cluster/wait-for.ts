import { setTimeout } from 'node:timers/promises'

export interface Patience {
  /** Milliseconds until it gives up; 60 s by default. */
  readonly timeout?: number
  /** Milliseconds between two looks; 100 by default. */
  readonly interval?: number
  readonly signal?: AbortSignal
}

type Met<T> = Exclude<T, undefined | null | false>
const isMet = <T>(said: T): said is Met<T> => said !== undefined && said !== null && said !== false

/**
 * Looks until `condition` is met, and returns what it then said: anything but undefined, null and false. A condition that
 * throws is one not met yet.
 *
 * @throws when the time is over, naming `description`; the cause is what the condition threw last, if it did.
 */
export const waitFor = async <T>(
  description: string,
  condition: () => T | Promise<T>,
  { timeout = 60_000, interval = 100, signal }: Patience = {},
): Promise<Met<T>> => {
  const end = performance.now() + timeout
  let last: { readonly cause?: unknown } = {}
  for (;;) {
    try {
      const said = await condition()
      if (isMet(said)) return said
      last = {}
    } catch (cause) {
      last = { cause }
    }
    if (performance.now() > end) {
      const why = last.cause instanceof Error ? `: ${last.cause.message}` : ''
      throw new Error(`${description}: not so after ${timeout / 1000} s${why}`, last)
    }
    await setTimeout(interval, undefined, signal && { signal })
  }
}
