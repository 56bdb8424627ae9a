import type { Clock } from '../cluster/clock.ts'

/** A while that ends when it is told to, or by itself: seats are on their way from one replica to another. */
export interface Settling {
  /** Resolves at its end; undefined outside of it. */
  readonly current: () => Promise<void> | undefined
  readonly begin: () => void
  readonly end: () => void
}

/** Milliseconds for which nobody gives out seats at most: then the next leader begins with what its watch shows. */
export const settleLimit = 1000

/** @param clock monotonic */
export function createSettling(clock: Clock, limit = settleLimit): Settling {
  let current: PromiseWithResolvers<void> | undefined
  let cancel: (() => void) | undefined
  const end = (): void => {
    cancel?.()
    current?.resolve()
    current = undefined
  }
  return {
    current: () => current?.promise,
    begin() {
      end()
      current = Promise.withResolvers<void>()
      cancel = clock.after(limit, end)
    },
    end,
  }
}
