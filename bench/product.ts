import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Children } from './children.ts'
import type { WatchMessage } from './fake-api-server.ts'
import { cpuOf, memoryOf, settle } from './process-usage.ts'
import type { PlacedPod, World } from './world.ts'

/** What a start took, until Versprei said that it is ready. */
export interface Start {
  /** Seconds. */
  readonly toSync: number
  /** Seconds of CPU. */
  readonly cpu: number
  /** Seconds for which the event loop was held up at most. */
  readonly blocked: number
  /** MiB, once ready and at rest. */
  readonly memory: number
}

/** Versprei in a process of its own, run as its users run it, with an API server of its own to follow. */
export interface Product {
  readonly pid: number
  readonly url: string
  readonly start: Start
  /**
   * Shows the pods in the watch, as the API server does once it has made them, and then deletes them. Returns the CPU that each of the
   * two took a pod, in microseconds. @throws unless what is known is then what was known before
   */
  readonly confirm: (pods: readonly PlacedPod[]) => Promise<{ readonly added: number, readonly deleted: number }>
}

export interface ProductOptions {
  readonly children: Children
  readonly name: string
  readonly world: World
  /** A folder for its kubeconfig. */
  readonly folder: string
  readonly certificates: string
}

/** What is published, as its users run it. */
const main = join(import.meta.dirname, '../dist/main.js')

export async function startProduct({ children, name, world, folder, certificates }: ProductOptions): Promise<Product> {
  const fake = await children.fork(join(import.meta.dirname, 'fake-api-server.ts'), [certificates, JSON.stringify(world)])
  const port = Number(fake.message)
  const kubeconfig = join(folder, `${name}.kubeconfig`)
  await writeFile(kubeconfig, kubeconfigFor(`https://127.0.0.1:${port}`, join(certificates, 'ca.crt')))
  const begin = performance.now()
  const { child, line } = await children.node([
    main, 'serve', '--kubeconfig', kubeconfig, '--host', '127.0.0.1', '--port', '0', '--metrics-port', '0',
    '--certificates', certificates, '--drain', '0',
  ], text => text.includes('"metricsUrl"'))
  const { url, metricsUrl }: { readonly url: string, readonly metricsUrl: string } = JSON.parse(line)
  const pid = child.pid ?? 0
  while (!await isReady(metricsUrl)) await pause(25)
  const toSync = (performance.now() - begin) / 1000
  const cpu = cpuOf(pid) / 1e6
  const blocked = await metric(metricsUrl, 'nodejs_eventloop_lag_max_seconds')
  await settle(pid, 0, longestStart)
  return {
    pid, url, start: { toSync, cpu, blocked, memory: memoryOf(pid).now },
    confirm: pods => confirm(pods, { fake: fake.child, pid, metricsUrl, world }),
  }
}

/** Milliseconds in which the leader has written the first status of every distributor. */
const longestStart = 90_000

/** Microseconds of CPU below which no event of a watch is read: until then the first has not come. */
const leastPerEvent = 5

interface Running {
  readonly fake: ChildProcess
  readonly pid: number
  readonly metricsUrl: string
  readonly world: World
}

async function confirm(pods: readonly PlacedPod[], { fake, pid, metricsUrl, world }: Running): ReturnType<Product['confirm']> {
  const show = async (type: WatchMessage['type'], known: number): Promise<number> => {
    fake.send({ type, pods } satisfies WatchMessage)
    const used = await settle(pid, pods.length * leastPerEvent)
    await until(async () => await metric(metricsUrl, 'versprei_pods') === known, `${known} pods are known`)
    return used / pods.length
  }
  const added = await show('ADDED', world.pods + pods.length)
  const left = await metric(metricsUrl, 'versprei_reservations')
  if (left !== 0) throw new Error(`${left} reservations are left although the watch has shown every pod`)
  return { added, deleted: await show('DELETED', world.pods) }
}

async function isReady(metricsUrl: string): Promise<boolean> {
  const response = await fetch(`${metricsUrl}/readyz`)
  await response.text()
  return response.status === 200
}

async function metric(metricsUrl: string, name: string): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'mu').exec(text)?.[1])
}

/** Patience in milliseconds with what should be a moment's work. */
const patience = 20_000

async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + patience
  while (!await isTrue()) {
    if (performance.now() > deadline) throw new Error(`after ${patience / 1000} s it is not so that ${what}`)
    await pause(50)
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })
}

function kubeconfigFor(server: string, authority: string): string {
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'bench',
    clusters: [{ name: 'bench', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: 'bench', user: { token: 'bench' } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  })
}
