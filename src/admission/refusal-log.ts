import type { Logger } from 'pino'

const minute = 60_000

/**
 * Tells of requests that are refused, once a minute at most: whoever sends them is not to fill the log.
 *
 * @param elapsed milliseconds, monotonic
 */
export function createRefusalLog(log: Logger, elapsed: () => number, message: string): (details: object) => void {
  let quietUntil = -Infinity
  let refused = 0
  return details => {
    refused += 1
    if (elapsed() < quietUntil) return
    log.warn({ refused, ...details }, message)
    quietUntil = elapsed() + minute
    refused = 0
  }
}
