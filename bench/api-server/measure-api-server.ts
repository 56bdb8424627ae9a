import { join } from 'node:path'
import { addNodes, openControlPlane, openWorkplace } from '../../test/cluster/control-plane.ts'
import { layGround } from '../../test/cluster/ground.ts'
import { startReplicas, type Replicas } from '../../test/cluster/replicas.ts'
import { entryName } from '../../src/controllers/webhook-entry.ts'
import type { Children } from '../children.ts'
import { startConstantWebhook } from './constant-webhook.ts'
import { createDeployments, measureSlice, rate, type Called, type Slice } from './steady.ts'
import { closeNamespace, createDeployment, grow, openNamespace, removeDeployment } from './workloads.ts'

/** Versprei beside the constant webhook, slice by slice in turns. */
export interface Steady {
  readonly replicas: number
  readonly versprei: readonly Slice[]
  readonly constant: readonly Slice[]
}

/** One Deployment from 10 to 1,000 Ready pods, in milliseconds, with Versprei and right beside it without. */
export interface Growth {
  readonly placed: number
  readonly alone: number
}

export interface ApiServerResult {
  readonly steady: readonly Steady[]
  readonly growth: readonly Growth[]
}

export interface ApiServerCounts {
  /** Of Versprei, one measurement each. */
  readonly replicas: readonly number[]
  /** Slices for each of the two webhooks. */
  readonly slices: number
  /** Seconds. */
  readonly sliceLength: number
  readonly pairs: number
  /** Pods at the end of a growth. */
  readonly pods: number
}

export const apiServerDefaults: ApiServerCounts = { replicas: [1, 3], slices: 3, sliceLength: 12, pairs: 3, pods: 1000 }
export { rate }

const warmUp = 3
/** What is published, as its users run it; or what VERSPREI_ENTRY names. */
const entry = process.env['VERSPREI_ENTRY'] ?? join(import.meta.dirname, '../../dist/main.js')

interface Scene {
  readonly children: Children
  readonly folder: string
  readonly counts: ApiServerCounts
  readonly say: (text: string) => void
}

/** Starts a control plane, measures on it, and stops it whatever happens. */
export async function measureApiServer(scene: Scene): Promise<ApiServerResult> {
  const { folder, close } = await openWorkplace()
  const signal = new AbortController().signal
  try {
    const { kubeconfig, path } = await openControlPlane(folder, { env: { ...process.env, KUBECONFIG_TEST: '' }, signal, givesWay: false }, scene.say)
    Object.assign(process.env, { KUBECONFIG: kubeconfig, PATH: path, VERSPREI_TEST_FOLDER: folder })
    await layGround('bench', (prefix, count, labels) => addNodes(prefix, count, labels, { env: process.env, signal }))
    const steady: Steady[] = []
    for (const replicas of scene.counts.replicas) steady.push(await withReplicas(replicas, async calls => measureSteady(scene, calls)))
    const growth = await withReplicas(1, async () => measureGrowth(scene))
    return { steady, growth }
  } finally {
    await close()
  }
}

interface Running { readonly replicas: Replicas, readonly count: number, readonly calls: number[] }

/** Runs so many Versprei for as long as `task` takes. */
async function withReplicas<T>(count: number, task: (running: Running) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = []
  const calls: number[] = []
  try {
    const options = { version: { entry }, flags: ['--drain', '0'], balancer: { onCall: (call: number) => void calls.push(call) } }
    const replicas = await startReplicas({ teardown: end => void ends.push(end) }, count, options)
    return await task({ replicas, count, calls })
  } finally {
    for (const end of ends) await end()
  }
}

async function measureSteady({ children, folder, counts, say }: Scene, { replicas, count, calls }: Running): Promise<Steady> {
  const [placed, constant] = [`steady-${count}`, `constant-${count}`]
  await Promise.all([openNamespace(placed, true), openNamespace(constant, false)])
  await Promise.all([createDeployments(placed, true), createDeployments(constant, false)])
  const answered: number[] = []
  const yardstick = await startConstantWebhook(children, folder, constant, call => void answered.push(call))
  const both: readonly [Called, Called] = [
    { webhook: entryName, namespace: placed, balancer: replicas.balancer, calls },
    { webhook: yardstick.name, namespace: constant, balancer: yardstick.balancer, calls: answered },
  ]
  const slices: readonly [Slice[], Slice[]] = [[], []]
  for (const called of both) await measureSlice(called, warmUp)
  for (let number = 0; number < counts.slices; number += 1) {
    // Each pair begins with the other one.
    for (const which of number % 2 === 0 ? [0, 1] as const : [1, 0] as const) {
      slices[which].push(await measureSlice(both[which], counts.sliceLength))
    }
    const means = slices.map(each => meanOf(each.at(-1))).join(' and ')
    say(`${count} of Versprei, slice ${number + 1} of ${counts.slices}: ${means} ms a call, Versprei and constant`)
  }
  await yardstick.close()
  await Promise.all([closeNamespace(placed), closeNamespace(constant)])
  return { replicas: count, versprei: slices[0], constant: slices[1] }
}

function meanOf(slice: Slice | undefined): string {
  const { seconds = 0, calls = 0 } = slice?.durations ?? {}
  return (seconds / calls * 1000).toFixed(2)
}

async function measureGrowth({ counts, say }: Scene): Promise<readonly Growth[]> {
  const [placed, alone] = ['growth-placed', 'growth-alone']
  await Promise.all([openNamespace(placed, true), openNamespace(alone, false)])
  const growth: Growth[] = []
  for (let pair = 0; pair < counts.pairs; pair += 1) {
    const times: Record<string, number> = {}
    for (const namespace of pair % 2 === 0 ? [placed, alone] : [alone, placed]) {
      await createDeployment({ namespace, name: 'web', replicas: 0, isPlaced: namespace === placed })
      await grow(namespace, 'web', 10)
      times[namespace] = await grow(namespace, 'web', counts.pods)
      await removeDeployment(namespace, 'web')
    }
    const { [placed]: withIt = Number.NaN, [alone]: without = Number.NaN } = times
    growth.push({ placed: withIt, alone: without })
    const seconds = [withIt, without].map(milliseconds => (milliseconds / 1000).toFixed(1)).join(' and ')
    say(`10 to ${counts.pods} Ready, pair ${pair + 1} of ${counts.pairs}: ${seconds} s, with Versprei and without`)
  }
  return growth
}
