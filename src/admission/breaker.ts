/** Keeps calls from a peer that just failed: what is known to fail must not cost each review its wait. */
export interface Breaker {
  /** Whether a call may be made now. Once it was open, `true` is the one probe: its `succeed` or `fail` must follow. */
  readonly allows: () => boolean
  readonly succeed: () => void
  readonly fail: () => void
  /** It did not answer in time: a failure, unless it has answered another call within the last second. Then it is slow, and not away. */
  readonly late: () => void
}

/** Milliseconds: a burst of handshakes holds a healthy peer up so long. */
const slowness = 1000

/**
 * A closed breaker. A failure opens it for `openFor` ms of `now`, a monotonic clock; then one call at a time probes until one succeeds.
 *
 * @param answeredAt when one like it answered, as though this one had
 */
export function createBreaker(now: () => number, answeredAt = -Infinity, openFor = 1000): Breaker {
  let openUntil: number | undefined
  let isProbing = false
  let succeededAt = answeredAt
  const fail = (): void => {
    openUntil = now() + openFor
    isProbing = false
  }
  return {
    fail,
    allows() {
      if (openUntil === undefined) return true
      if (isProbing || now() < openUntil) return false
      isProbing = true
      return true
    },
    succeed() {
      openUntil = undefined
      isProbing = false
      succeededAt = now()
    },
    late() {
      if (isProbing || now() - succeededAt >= slowness) fail()
    },
  }
}
