import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { forwardResults, type ForwardResult } from './forward.ts'

/** How the replicas of Versprei work together. */
export interface ReplicaMetrics {
  readonly countForward: (result: ForwardResult, seconds: number) => void
  /** A decision made while no leader was reached. */
  readonly countOwnRace: () => void
  /** A request at the replicas' port that did not come from one. */
  readonly countPeerRefused: () => void
}

export interface ReplicaSources {
  readonly isLeading: () => boolean
  /** Replicas that follow this one; 0 where it does not lead. */
  readonly followers: () => number
}

/** To 150 ms, after which nobody waits any more. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15]

export function createReplicaMetrics(registry: Registry, { isLeading, followers }: ReplicaSources): ReplicaMetrics {
  const registers = [registry]
  const forwards = new Counter({
    name: 'versprei_forwards_total', help: 'Reviews that were to be decided by the leader, by what became of them',
    labelNames: ['result'], registers,
  })
  for (const result of forwardResults) forwards.inc({ result }, 0)
  const duration = new Histogram({
    name: 'versprei_forward_seconds', help: 'Time until a forwarded review was answered, or given up', buckets, registers,
  })
  const alone = new Counter({
    name: 'versprei_own_race_decisions_total', help: 'Decisions made while no leader was reached', registers,
  })
  const refused = new Counter({
    name: 'versprei_peer_refusals_total', help: 'Requests at the replicas\' port that did not come from a replica', registers,
  })
  const gauge = (name: string, help: string, read: () => number): Gauge => new Gauge({
    name, help, registers,
    collect() {
      this.set(read())
    },
  })
  gauge('versprei_leader', '1 where this replica leads, 0 where another does or none', () => (isLeading() ? 1 : 0))
  gauge('versprei_followers', 'Replicas that follow this one', followers)
  return {
    countForward(result, seconds) {
      forwards.inc({ result })
      duration.observe(seconds)
    },
    countOwnRace: () => alone.inc(),
    countPeerRefused: () => refused.inc(),
  }
}
