import { setInterval } from 'node:timers/promises'
import { callApi } from './api-server.ts'
import { apply, requestApi, type Metadata } from './cluster.ts'

/** What became of one pod that was created, as a ReplicaSet would, and not kept. */
export interface Created {
  /** Milliseconds that it took. */
  readonly took: number
  /** How long its twin took, that was created at the same moment and that no webhook is asked about: what the machine took. */
  readonly unasked: number | undefined
  /** The group that Versprei gave it; undefined where it was left as it was. */
  readonly group: string | undefined
  /** What the API server said, where it refused; or why there was no answer. */
  readonly error: string | undefined
}

/** Pods that are created one after the other, whatever becomes of those before. */
export interface PodStream {
  readonly created: () => readonly Created[]
  /** Ends it, and resolves with all of them when the last is answered. */
  readonly stop: () => Promise<readonly Created[]>
}

/** A ReplicaSet, as far as its pods tell of it. */
type Owner = Pick<Metadata, 'name' | 'uid' | 'labels'>

const ownerOfStream: Owner = { name: 'stream', uid: 'stream' }

export interface StreamOptions {
  /** Milliseconds from one pod to the next. */
  readonly every?: number
  /** Whose pods they are; default: a ReplicaSet that is not there, whose pods `distributeStream` distributes. */
  readonly owner?: Owner
  /** Whether each pod has a twin that no webhook is asked about. */
  readonly hasTwins?: boolean
}

/** A PodDistributor for the pods of streams that name no owner. */
export const distributeStream = (namespace: string): Promise<string> => apply({
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'stream' },
  spec: {
    target: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: ownerOfStream.name },
    distribution: [{ nodeLabel: { type: 'default' }, weight: 1 }, { nodeLabel: { type: 'spot' }, weight: 1 }],
  },
}, { namespace })

/** The ReplicaSet of a Deployment whose pods have the label `app`. */
export async function ownerIn(namespace: string, app: string): Promise<Owner> {
  const path = `/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=app%3D${app}`
  const { items: [owner] } = await requestApi<{ readonly items: readonly { readonly metadata: Metadata }[] }>('GET', path)
  if (owner === undefined) throw new Error(`${namespace}/${app} has no ReplicaSet`)
  return owner.metadata
}

const podOf = ({ name, uid, labels = {} }: Owner, more: Readonly<Record<string, string>>) => ({
  metadata: {
    generateName: `${name}-`, labels: { ...labels, ...more },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true }],
  },
  spec: { containers: [{ name: 'web', image: 'web' }] },
})

/**
 * Creates pods in the namespace from now on, by dryRun: the API server calls webhooks as for any other, nothing is left of it, and no
 * controller comes between.
 */
export function streamPods(
  namespace: string, { every = 50, owner = ownerOfStream, hasTwins = false }: StreamOptions = {},
): PodStream {
  const created: Created[] = []
  const underWay = new Set<Promise<void>>()
  const ending = new AbortController()
  const post = async (body: object) => {
    const begun = performance.now()
    const answer = await callApi('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body })
    return { ...answer, took: performance.now() - begun }
  }
  const create = async (): Promise<Created> => {
    const twin = hasTwins ? post(podOf(owner, { 'versprei.io/ignore': 'true' })) : undefined
    const [{ status, text, took }, unasked] = await Promise.all([post(podOf(owner, {})), twin?.then(answer => answer.took)])
    if (status !== 201) return { took, unasked, group: undefined, error: text }
    const { metadata } = JSON.parse(text) as { readonly metadata: Metadata }
    return { took, unasked, group: metadata.labels?.['versprei.io/group'], error: undefined }
  }
  const note = async (): Promise<void> => {
    const begun = performance.now()
    const unanswered = (error: unknown) => ({ took: performance.now() - begun, unasked: undefined, group: undefined, error: String(error) })
    created.push(await create().catch(unanswered))
  }
  const run = async (): Promise<void> => {
    try {
      for await (const _ of setInterval(every, undefined, { signal: ending.signal })) {
        const one = note().finally(() => underWay.delete(one))
        underWay.add(one)
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error
    }
    await Promise.all(underWay)
  }
  const running = run()
  return {
    created: () => created,
    async stop() {
      ending.abort()
      await running
      return created
    },
  }
}
