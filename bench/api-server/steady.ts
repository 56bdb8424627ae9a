import { setTimeout as pause } from 'node:timers/promises'
import type { Balancer } from '../../test/cluster/balancer.ts'
import { scale } from '../../test/cluster/cluster.ts'
import { countPods } from '../../test/cluster/standing.ts'
import { waitFor } from '../../test/cluster/wait-for.ts'
import { readDurations, since, type Durations } from './webhook-durations.ts'
import { createDeployment } from './workloads.ts'

/** A webhook that is called for the pods of one namespace. */
export interface Called {
  readonly webhook: string
  readonly namespace: string
  readonly balancer: Balancer
  /** Milliseconds of each call, which the balancer adds. */
  readonly calls: number[]
}

/** What one slice showed. */
export interface Slice {
  readonly durations: Durations
  /** Milliseconds of each call, at the balancer. */
  readonly calls: readonly number[]
}

/** Pods a second. */
export const rate = 20
/** Deployments that grow in turns, one pod each a second. */
const deployments = 20
const nameOf = (index: number): string => `steady-${index % deployments}`

export async function createDeployments(namespace: string, isPlaced: boolean): Promise<void> {
  const names = Array.from({ length: deployments }, (_, index) => nameOf(index))
  await Promise.all(names.map(name => createDeployment({ namespace, name, replicas: 0, isPlaced })))
}

/** Adds a pod every 50 ms for so many seconds: a Deployment grows by one, and the API server asks the webhook about the pod. */
export async function measureSlice({ webhook, namespace, balancer, calls }: Called, seconds: number): Promise<Slice> {
  const before = await readDurations(webhook)
  const there = await countPods(namespace)
  const count = seconds * rate
  // A connection that stays would hold one replica for ever; the first call of a slice is made over a new one.
  balancer.disconnect()
  calls.length = 0
  const begin = performance.now()
  const asked = new Map<string, Promise<void>>()
  for (let index = there; index < there + count; index += 1) {
    const name = nameOf(index)
    // On a busy machine the step before may be under way still: this one must not be overtaken by it.
    const before = asked.get(name) ?? Promise.resolve()
    asked.set(name, before.then(() => scale(namespace, `deployment/${name}`, Math.floor(index / deployments) + 1)))
    await pause(Math.max(0, begin + (index - there + 1) * 1000 / rate - performance.now()))
  }
  await Promise.all(asked.values())
  await waitFor(`${count} pods were added`, async () => await countPods(namespace) === there + count, { timeout: 60_000, interval: 50 })
  return { durations: since(before, await readDurations(webhook)), calls: [...calls] }
}
