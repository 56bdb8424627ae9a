import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Target } from './hostile-requests.ts'

export interface WellBehaved {
  /** Milliseconds that reviews took, the slowest of a hundred left out. @throws when one was not answered as ever */
  readonly stop: () => Promise<number>
}

/** Sends a review every few milliseconds, as the API server would, while others misbehave. */
export function startWellBehaved({ port, ca }: Target): WellBehaved {
  const worker = new Worker(join(import.meta.dirname, 'well-behaved-caller.ts'), { workerData: { port, ca } })
  const told = once(worker, 'message')
  told.catch(() => undefined)
  return {
    async stop() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
      worker.postMessage('stop')
      const [milliseconds]: number[] = await told
      return milliseconds ?? Infinity
    },
  }
}
