import { callApi } from '../../test/cluster/api-server.ts'
import { parseMetrics, sumOf, type Sample } from '../../test/cluster/parse-metrics.ts'

/** How long the API server waited for one webhook, as it counts itself: handshakes, its own queues and the decision included. */
export interface Durations {
  readonly calls: number
  /** Calls within 5 ms: the lowest bucket that its histogram has. */
  readonly within5: number
  /** Seconds of all calls together. */
  readonly seconds: number
  /** Calls that got no answer and were let through. */
  readonly failedOpen: number
}

const prefix = 'apiserver_admission_webhook_'
const histogram = `${prefix}admission_duration_seconds`

/** What the API server has counted for the webhook of this name since it started. */
export async function readDurations(name: string): Promise<Durations> {
  const samples: readonly Sample[] = parseMetrics((await callApi('GET', '/metrics')).text, prefix)
  const of = (metric: string, labels: Readonly<Record<string, string>> = {}): number => sumOf(samples, metric, { name, ...labels }) ?? 0
  return {
    calls: of(`${histogram}_count`), within5: of(`${histogram}_bucket`, { le: '0.005' }), seconds: of(`${histogram}_sum`),
    failedOpen: of(`${prefix}fail_open_count`),
  }
}

const combine = (a: Durations, b: Durations, sign: 1 | -1): Durations => ({
  calls: a.calls + sign * b.calls, within5: a.within5 + sign * b.within5,
  seconds: a.seconds + sign * b.seconds, failedOpen: a.failedOpen + sign * b.failedOpen,
})

export const since = (before: Durations, after: Durations): Durations => combine(after, before, -1)
export const together = (parts: readonly Durations[]): Durations =>
  parts.reduce((sum, part) => combine(sum, part, 1), { calls: 0, within5: 0, seconds: 0, failedOpen: 0 })
