import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import { callApi, kubectl, requestApi } from './cluster.ts'
import { startPodProcess, type Place, type PodProcess, type ServingPod } from './pod-process.ts'

/** Plays the kubelet of one node, on which pods of Versprei run as processes. */
export interface Kubelet {
  /** What a pod's nodeSelector has to say to come here. */
  readonly nodeSelector: Readonly<Record<string, string>>
  /** The pods that run here, by name. */
  readonly running: () => ReadonlyMap<string, PodProcess>
  /** How those ended that run no more, by the name of their pod. */
  readonly ended: () => ReadonlyMap<string, string>
  /** The address on this machine that stands for a pod's. */
  readonly addressOf: (podIp: string) => string
}

/** Milliseconds: a kubelet hears of its pods by a watch, this one looks. */
const every = 100
/** Milliseconds between two signs of life of the node; without one for 50 s it would be taken for dead. */
const heartbeat = 5000
const nodeName = 'versprei-kubelet'
const key = 'versprei-test/kubelet'

/** Pods get addresses in 10.78.0.0/24: the API server takes no loopback address for an endpoint. */
const podIp = (index: number) => `10.78.0.${index}`
const addressOf = (ip: string) => ip.replace(/^10\./u, '127.')

async function findApiServer(): Promise<Place['apiServer']> {
  const shown = await kubectl('config', 'view', '--raw', '--minify', '--flatten', '--output=json')
  const { clusters: [{ cluster }] } = JSON.parse(shown) as { readonly clusters: [{ readonly cluster: Readonly<Record<string, string>> }] }
  const { hostname: host, port } = new URL(cluster['server'] ?? '')
  return { host, port, certificate: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString() }
}

const beat = () => requestApi('PATCH', `/api/v1/nodes/${nodeName}/status`, { body: { status: {
  capacity: { cpu: '64', memory: '256Gi', pods: '110' }, allocatable: { cpu: '64', memory: '256Gi', pods: '110' },
  conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '', lastHeartbeatTime: new Date().toISOString() }],
} } })

/** What is there no more needs no status. */
const tell = async ({ metadata: { namespace, name }, spec }: ServingPod, ip: string, isReady: boolean): Promise<void> => {
  const status = isReady ? 'True' : 'False'
  const since = new Date().toISOString()
  await callApi('PATCH', `/api/v1/namespaces/${namespace}/pods/${name}/status`, { body: { status: {
    phase: 'Running', podIP: ip, podIPs: [{ ip }], startTime: since,
    conditions: ['Initialized', 'PodScheduled'].map(type => ({ type, status: 'True', lastTransitionTime: since }))
      .concat(['Ready', 'ContainersReady'].map(type => ({ type, status, lastTransitionTime: since }))),
    containerStatuses: spec.containers.map(({ name, image }) =>
      ({ name, image, imageID: '', ready: isReady, started: true, restartCount: 0, state: { running: { startedAt: since } } })),
  } } })
}

/** Starts it; after the test all that runs here is killed, and the node is gone. */
export async function startKubelet(t: Pick<Test, 'teardown'>, namespace: string, folder: string): Promise<Kubelet> {
  const apiServer = await findApiServer()
  const running = new Map<string, PodProcess>()
  const ended = new Map<string, string>()
  const seen = new Set<string>()
  const ending = new AbortController()
  const deletePod = async ({ metadata: { name } }: ServingPod) =>
    callApi('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`)

  const run = async (pod: ServingPod): Promise<void> => {
    const { name, uid } = pod.metadata
    const ip = podIp(seen.size)
    const process = await startPodProcess(pod, { address: addressOf(ip), folder: join(folder, uid), apiServer })
    running.set(name, process)
    let wasReady = false
    await tell(pod, ip, false)
    while (process.isRunning()) {
      const isReady = await process.isReady()
      if (isReady !== wasReady) await tell(pod, ip, isReady)
      wasReady = isReady
      await Promise.race([process.ended, setTimeout(every)])
    }
    ended.set(name, await process.ended)
    running.delete(name)
    await deletePod(pod)
  }
  const stopped = new Set<string>()
  const look = async (): Promise<void> => {
    const { items } = await requestApi<{ readonly items: readonly ServingPod[] }>('GET', `/api/v1/namespaces/${namespace}/pods`)
    for (const pod of items.filter(({ spec }) => spec.nodeName === nodeName)) {
      const { name, uid, deletionTimestamp, deletionGracePeriodSeconds = 30 } = pod.metadata
      if (!seen.has(uid)) {
        seen.add(uid)
        void run(pod).catch((error: unknown) => ended.set(name, String(error)))
      } else if (deletionTimestamp !== undefined && !stopped.has(uid)) {
        stopped.add(uid)
        running.get(name)?.signal('SIGTERM')
        void setTimeout(deletionGracePeriodSeconds * 1000, undefined, { ref: false }).then(() => running.get(name)?.signal('SIGKILL'))
      }
    }
  }
  const repeat = async (task: () => Promise<unknown>, milliseconds: number): Promise<void> => {
    while (!ending.signal.aborted) {
      // What failed once is done again.
      await task().catch(() => undefined)
      await setTimeout(milliseconds, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  }
  const labels = { [key]: 'yes', 'kubernetes.io/hostname': nodeName }
  await requestApi('POST', '/api/v1/nodes', { body: { metadata: { name: nodeName, labels } } })
  const loops = [repeat(beat, heartbeat), repeat(look, every)]
  t.teardown(async () => {
    ending.abort()
    await Promise.allSettled(loops)
    for (const process of running.values()) process.signal('SIGKILL')
    await Promise.all([...running.values()].map(process => process.ended))
    // In this order: what is created once more finds no node, and goes without a kubelet.
    await callApi('DELETE', `/api/v1/nodes/${nodeName}`)
    await callApi('DELETE', `/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=0`)
  })
  return { nodeSelector: { [key]: 'yes' }, running: () => running, ended: () => ended, addressOf }
}
