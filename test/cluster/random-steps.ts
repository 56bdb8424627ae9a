import type { Random } from '../model/random.ts'
import { waitReady } from './cluster.ts'
import { listStanding, type PodStanding } from './pod-standing.ts'
import { create, resize } from './resources.ts'
import { workloadOf } from './workloads.ts'

/** A pod as it stood once its workload had settled. */
export interface SettledPod extends Pick<PodStanding, 'name' | 'uid' | 'seat' | 'group' | 'created' | 'ready' | 'node'> {
  /** Its pod-deletion-cost, 0 without one. */
  readonly cost: number
}

export interface Step {
  readonly size: number
  /** When the scaling was asked for, and when it had settled: milliseconds since 1970. */
  readonly begun: number
  readonly settled: number
  readonly pods: readonly SettledPod[]
}

export interface RandomSteps {
  readonly random: Random
  readonly steps: number
  /** Sizes are 1 to this. */
  readonly largest: number
}

const name = 'web'

function settledPod({ name, uid, seat, group, created, ready, node, metadata }: PodStanding): SettledPod {
  const cost = Number(metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)
  return { name, uid, seat, group, created, ready, node, cost }
}

/** Scales a Deployment `web` of one replica up and in, each time to another size, and looks at it each time it has settled. */
export async function takeRandomSteps(namespace: string, { random, steps, largest }: RandomSteps): Promise<readonly Step[]> {
  await create(namespace, workloadOf('Deployment', name, 1))
  const history: Step[] = []
  let size = 1
  let begun = Date.now()
  for (let step = 0; step <= steps; step += 1) {
    if (step > 0) {
      const other = random.below(largest - 1) + 1
      size = other < size ? other : other + 1
      begun = Date.now()
      await resize(namespace, 'Deployment', name, size)
    }
    await waitReady(namespace, name, size)
    history.push({ size, begun, settled: Date.now(), pods: (await listStanding(namespace)).map(settledPod) })
  }
  return history
}
