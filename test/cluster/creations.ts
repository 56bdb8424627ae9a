import { setTimeout } from 'node:timers/promises'
import { callApi, requestApi, type Metadata } from './cluster.ts'

/** What became of one pod that was created. */
export interface Creation {
  readonly status: number
  readonly milliseconds: number
  /** How long a pod took that was created at the same moment, and that no webhook is asked about: what the machine took. */
  readonly unasked: number
  /** The group that Versprei gave it; undefined where it was left as it was. */
  readonly group: string | undefined
  /** What the API server said, where it refused. */
  readonly error: string | undefined
}

export interface Creations {
  readonly all: () => readonly Creation[]
  /** Ends it; resolves with all that there were, once every one has been answered. */
  readonly stop: () => Promise<readonly Creation[]>
}

/**
 * Creates pods of a Deployment's ReplicaSet from now on, one every so many milliseconds, whether those before were answered or not. By
 * dryRun: the API server calls webhooks as for any other, and no controller comes between.
 */
export async function createPods(namespace: string, app: string, every: number): Promise<Creations> {
  const path = `/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=app%3D${app}`
  interface Owner { readonly metadata: Metadata }
  const { items: [owner] } = await requestApi<{ readonly items: readonly Owner[] }>('GET', path)
  if (owner === undefined) throw new Error(`${namespace}/${app} has no ReplicaSet`)
  const { name, uid, labels = {} } = owner.metadata
  const pod = (more: Readonly<Record<string, string>>) => ({
    metadata: {
      generateName: `${name}-`, labels: { ...labels, ...more },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true }],
    },
    spec: { containers: [{ name: 'web', image: 'web' }] },
  })
  const post = async (body: object) => {
    const start = performance.now()
    const answer = await callApi('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body })
    return { ...answer, milliseconds: performance.now() - start }
  }
  const done: Creation[] = []
  const underWay = new Set<Promise<void>>()
  const create = async (): Promise<void> => {
    const [{ status, text, milliseconds }, twin] = await Promise.all([post(pod({})), post(pod({ 'versprei.io/ignore': 'true' }))])
    const group = status === 201 ? (JSON.parse(text) as { readonly metadata: Metadata }).metadata.labels?.['versprei.io/group'] : undefined
    done.push({ status, milliseconds, unasked: twin.milliseconds, group, error: status === 201 ? undefined : text })
  }
  const ending = new AbortController()
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const one = create()
      underWay.add(one)
      void one.finally(() => underWay.delete(one))
      await setTimeout(every, undefined, { signal: ending.signal }).catch(() => undefined)
    }
    await Promise.all(underWay)
  }
  const running = run()
  return {
    all: () => done,
    async stop() {
      ending.abort()
      await running
      return done
    },
  }
}
