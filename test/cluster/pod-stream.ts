import { setInterval } from 'node:timers/promises'
import { callApi } from './api-server.ts'
import { apply } from './cluster.ts'

/** One pod that was created, as a ReplicaSet would, and not kept. */
export interface Created {
  /** Milliseconds that it took. */
  readonly took: number
  readonly status: number
  readonly isPlaced: boolean
}

/** Pods that are created one after the other, whatever becomes of those before. */
export interface PodStream {
  readonly created: () => readonly Created[]
  /** Ends it, and resolves with all of them when the last is answered. */
  readonly stop: () => Promise<readonly Created[]>
}

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'stream', uid: 'stream', controller: true }

/** A PodDistributor for the pods of such streams. */
export const distributeStream = (namespace: string): Promise<string> => apply({
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'stream' },
  spec: {
    target: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'stream' },
    distribution: [{ nodeLabel: { type: 'default' }, weight: 1 }, { nodeLabel: { type: 'spot' }, weight: 1 }],
  },
}, { namespace })

/** Creates so many pods a second in the namespace, with dryRun: admission is asked for each, and nothing is left of it. */
export function streamPods(namespace: string, perSecond = 20): PodStream {
  const created: Created[] = []
  const underWay = new Set<Promise<void>>()
  const ending = new AbortController()
  const create = async (n: number): Promise<void> => {
    const begun = performance.now()
    const body = {
      metadata: { name: `stream-${n}`, ownerReferences: [owner] }, spec: { containers: [{ name: 'app', image: 'app' }] },
    }
    const { status, text } = await callApi('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body })
    created.push({ took: performance.now() - begun, status, isPlaced: text.includes('"versprei.io/group"') })
  }
  const run = async (): Promise<void> => {
    let n = 0
    try {
      for await (const _ of setInterval(1000 / perSecond, undefined, { signal: ending.signal })) {
        const one = create(n).finally(() => underWay.delete(one))
        underWay.add(one)
        n += 1
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error
    }
  }
  const running = run()
  return {
    created: () => created,
    async stop() {
      ending.abort()
      await running
      await Promise.all(underWay)
      return created
    },
  }
}
