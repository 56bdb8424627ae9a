import { setTimeout } from 'node:timers/promises'
import { deploymentName, scaleTo, type Shape } from './shapes.ts'
import { countPods } from './standing.ts'

/** What has grown. */
export interface Grown {
  /** Pods that were created. */
  readonly pods: number
  readonly seconds: number
}

/** Deployments that are scaled out step by step, whatever happens meanwhile. */
export interface Growth {
  /** Ends it; resolves with what there was at that moment. Those that are on their way come still. */
  readonly stop: () => Promise<Grown>
}

/** Pods that may be on their way: an API server that is slower than asked to be gets no more than it creates. */
const mostUnderWay = 300

/** From now on so many pods a second are asked for, by scaling the Deployments of a shape in turns, each by `step`. */
export function grow(namespace: string, { deployments, replicas }: Shape, perSecond: number, step = 10): Growth {
  const ending = new AbortController()
  const wanted = Array.from({ length: deployments }, () => replicas)
  const total = (): number => wanted.reduce((sum, count) => sum + count, 0)
  const begin = performance.now()
  const run = async (): Promise<void> => {
    for (let turn = 0; !ending.signal.aborted; turn += 1) {
      const due = begin + (turn + 1) * step * 1000 / perSecond
      const index = turn % deployments
      if (total() - await countPods(namespace) < mostUnderWay) {
        wanted[index] = (wanted[index] ?? 0) + step
        await scaleTo(namespace, deploymentName(index), wanted[index])
      }
      await setTimeout(Math.max(0, due - performance.now()), undefined, { signal: ending.signal }).catch(() => undefined)
    }
  }
  const running = run()
  // Whoever ends it hears of a failure then.
  running.catch(() => undefined)
  return {
    async stop() {
      ending.abort()
      await running
      return { pods: await countPods(namespace), seconds: (performance.now() - begin) / 1000 }
    },
  }
}
