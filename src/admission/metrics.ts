import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Decision } from '../placement/decide.ts'
import { skipReasons, type SkipReason } from '../placement/scope.ts'
import { createControllerMetrics, type ControllerMetrics } from './controller-metrics.ts'
import { httpErrors, type HttpErrorCode } from './http-errors.ts'
import { createReplicaMetrics, type ReplicaMetrics, type ReplicaSources } from './replica-metrics.ts'
import type { Forwarded } from './route.ts'

/** What a scrape asks for at that moment. */
export interface MetricSources extends ReplicaSources {
  /** Of this program. */
  readonly version: string
  readonly distributors: () => { readonly valid: number, readonly invalid: number }
  readonly pods: () => number
  readonly nodes: () => number
  readonly reservations: () => number
  /** Seconds since each source was last heard of, by resource. */
  readonly staleness: () => Readonly<Record<string, number>>
  /** Seconds since 1970 at which the served certificate ends. */
  readonly certificateEnd: () => number
}

export interface Metrics extends ReplicaMetrics, ControllerMetrics {
  readonly registry: Registry
  readonly countDecision: (decision: Decision | Forwarded, seconds: number) => void
  readonly countHttpError: (code: HttpErrorCode) => void
}

/** Deciding takes tens of microseconds; a decision over a millisecond is worth a look. */
const buckets = [0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1, 1]

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  // Counted in plain numbers and told at a scrape. All begin at 0: a series that begins with 1 hides its first increase from rate().
  const counts = { placed: 0, audited: 0, forwarded: 0 }
  const skipped = new Map<SkipReason, number>(skipReasons.map(reason => [reason, 0]))
  const decisions = new Counter({
    name: 'versprei_admission_decisions_total', help: 'Admission decisions by result (placed, audited, forwarded, skipped) and reason',
    labelNames: ['result', 'reason'], registers,
    collect() {
      decisions.reset()
      for (const [result, count] of Object.entries(counts)) decisions.inc({ result, reason: '' }, count)
      for (const [reason, count] of skipped) decisions.inc({ result: 'skipped', reason }, count)
    },
  })
  const duration = new Histogram({
    name: 'versprei_admission_decision_seconds', help: 'Time from a parsed body to the decision', buckets, registers,
  })
  const errors = new Counter({
    name: 'versprei_http_errors_total', help: 'Requests that were answered with an HTTP error, by error code',
    labelNames: ['code'], registers,
  })
  new Gauge({
    name: 'versprei_build_info', help: '1, for the version that runs', labelNames: ['version', 'node'], registers,
  }).set({ version: sources.version, node: process.version }, 1)
  addGauges(sources, registers)
  for (const code of Object.keys(httpErrors)) errors.inc({ code }, 0)
  return {
    ...createReplicaMetrics(registry, sources),
    ...createControllerMetrics(registry),
    registry,
    countDecision(decision, seconds) {
      if (decision.kind === 'skip') skipped.set(decision.reason, (skipped.get(decision.reason) ?? 0) + 1)
      else if (decision.kind === 'forwarded') counts.forwarded += 1
      else counts[decision.audit === true ? 'audited' : 'placed'] += 1
      // The wait for another replica is told by `versprei_forward_seconds`.
      if (decision.kind !== 'forwarded') duration.observe(seconds)
    },
    countHttpError: code => errors.inc({ code }),
  }
}

function addGauges(sources: MetricSources, registers: Registry[]): void {
  const gauge = (name: string, help: string, read: () => number): Gauge => new Gauge({
    name, help, registers,
    collect() {
      this.set(read())
    },
  })
  gauge('versprei_pods', 'Pods that hold a seat', sources.pods)
  gauge('versprei_nodes', 'Nodes that are known', sources.nodes)
  gauge('versprei_reservations', 'Seats given out to pods that the watch has not shown yet', sources.reservations)
  gauge('versprei_certificate_end_seconds', 'When the served certificate ends, in seconds since 1970', sources.certificateEnd)
  const distributors = new Gauge({
    name: 'versprei_distributors', help: 'PodDistributors that are known, by state (valid, invalid)', labelNames: ['state'], registers,
    collect() {
      for (const [state, count] of Object.entries(sources.distributors())) distributors.set({ state }, count)
    },
  })
  const staleness = new Gauge({
    name: 'versprei_watch_staleness_seconds', help: 'Time since the API server last said anything about a resource',
    labelNames: ['resource'], registers,
    collect() {
      // What only the leader watches is gone when it leads no more.
      staleness.reset()
      for (const [resource, seconds] of Object.entries(sources.staleness())) staleness.set({ resource }, seconds)
    },
  })
}
