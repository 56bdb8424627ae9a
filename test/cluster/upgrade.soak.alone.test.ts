import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createNamespace, metric, waitFor } from './cluster.ts'
import { grow } from './growth.ts'
import { sumOf } from './parse-metrics.ts'
import { distributeStream, streamPods } from './pod-stream.ts'
import { openPreviousVersion } from './previous-version.ts'
import type { Replica } from './replica.ts'
import { startReplicas, type Replicas, type Version } from './replicas.ts'
import { deploy, distribute, manyDeployments, type Shape } from './shapes.ts'
import { failedCreates, raceBound, readStandings, strays, waitSettled, worstOf } from './standing.ts'
import { entry } from './versprei.ts'

/**
 * Creations a second. A few cores for the API server, the kubelets and Versprei alike do not keep a hundred pods a second: most are created
 * by dryRun, for which admission is asked as for any other. How many it really were is told.
 */
const asked = { kept: 10, dryRun: 90 } as const
/** Creations a second that were answered, at least. */
const leastPerSecond = 40
const shape: Shape = { ...manyDeployments(10), replicas: 0 }
const present: Version = { entry }
const failOpen = () => metric('apiserver_admission_webhook_fail_open_count')

const previous = await openPreviousVersion(t)

/** Replicas that decided by races of their own, those that have ended too: what each said last. */
function watchRaces(replicas: Replicas) {
  const races = new Map<Replica, number>()
  const ending = new AbortController()
  const look = async (replica: Replica): Promise<void> => {
    const samples = await replica.metrics().catch(() => [])
    races.set(replica, sumOf(samples, 'versprei_own_race_decisions_total') ?? races.get(replica) ?? 0)
  }
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await Promise.all(replicas.running().map(look))
      await setTimeout(100, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return async (): Promise<readonly number[]> => {
    ending.abort()
    await running
    return [...races.values()].filter(count => count > 0)
  }
}

/** As a Deployment does with maxSurge 1 and maxUnavailable 0: once a new one is ready an old one is asked to end, the leader first. */
async function replaceAll(replicas: Replicas, version: Version): Promise<void> {
  const old = new Set(replicas.running())
  const endings: Promise<void>[] = []
  while (old.size > 0) {
    await replicas.add(version)
    const leader = await replicas.leader()
    const [first] = old
    const next = old.has(leader) ? leader : first!
    old.delete(next)
    const ending = next.stop()
    // Whoever waits for it later hears of a failure then.
    ending.catch(() => undefined)
    endings.push(ending)
  }
  await Promise.all(endings)
}

/** All but one are asked to end at the same moment, the leader among them. */
async function scaleIn(replicas: Replicas): Promise<void> {
  const [leader, [, ...others]] = [await replicas.leader(), await replicas.followers()]
  await Promise.all([leader, ...others].map(replica => replica.stop()))
}

/** Replaces the leader by one of each version in turn. */
async function passOn(replicas: Replicas, versions: readonly Version[]): Promise<void> {
  for (const version of versions) {
    const leader = await replicas.leader()
    await Promise.all([leader.stop(), replicas.add(version)])
  }
}

interface Course {
  readonly name: string
  /** Replicas of the previous version to begin with. */
  readonly count: number
  readonly run: (replicas: Replicas) => Promise<void>
}

const courses: readonly Course[] = [
  {
    name: 'the only replica is replaced, and then by the previous version again', count: 1,
    async run(replicas) {
      await replaceAll(replicas, present)
      await replaceAll(replicas, previous)
    },
  },
  {
    name: 'three replicas are replaced one by one, and then scaled in to one', count: 3,
    async run(replicas) {
      await replaceAll(replicas, present)
      await scaleIn(replicas)
    },
  },
  {
    name: 'two replicas, of which the leader is replaced again and again', count: 2,
    run: replicas => passOn(replicas, [present, previous, present, present]),
  },
]

async function passes(t: Test, { count, run }: Course): Promise<void> {
  const namespace = await createNamespace(t)
  const replicas = await startReplicas(t, count, {
    version: previous, hasPeers: true, sharesSecret: true, flags: ['--drain', '10'], balancer: { noticeAfter: 1500 },
  })
  await Promise.all([distribute(namespace, shape), distributeStream(namespace)])
  const known = () => replicas.sum('versprei_distributors', { state: 'valid' })
  await waitFor('every replica knows both distributors', async () => await known() === 2 * count)
  await deploy(namespace, shape)
  const before = await failOpen()
  const stopWatching = watchRaces(replicas)
  const [growth, stream] = [grow(namespace, shape, asked.kept), streamPods(namespace, { every: 1000 / asked.dryRun })]
  t.teardown(() => Promise.all([stopWatching(), growth.stop(), stream.stop()]))
  await run(replicas)
  const { pods, seconds } = await growth.stop()
  const perSecond = (pods + stream.created().length) / seconds
  const created = await stream.stop()
  await waitSettled(namespace)
  const races = await stopWatching()
  const slowest = Math.max(...created.map(({ took }) => took))
  t.comment(`${pods} pods and ${created.length} by dryRun in ${seconds.toFixed(0)} s: ${perSecond.toFixed(0)} a second; `
    + `the slowest took ${slowest.toFixed(0)} ms; decisions by races of their own: ${races.join(' and ') || 'none'}`)
  t.equal(await failOpen(), before, 'no call failed open')
  t.same(await failedCreates(namespace), [], 'no pod creation failed')
  const standings = await readStandings(namespace, shape)
  t.equal(strays(standings).length, 0, 'every pod was placed')
  t.same(created.filter(({ group }) => group === undefined), [], 'and so was every one by dryRun')
  const [worst, most] = [worstOf(shape, standings), raceBound(shape, races.length)]
  t.ok(worst <= most, `${worst.toFixed(2)} off at most, of ${most.toFixed(2)} where ${races.length} replicas decided by races of their own`)
  await waitFor('no seat is reserved', async () => await replicas.sum('versprei_reservations') === 0)
  t.ok(perSecond >= leastPerSecond, `${perSecond.toFixed(0)} creations a second`)
}

t.comment(`from ${previous.name}`)
for (const course of courses) void t.test(`from ${previous.name}: ${course.name}`, t => passes(t, course))
