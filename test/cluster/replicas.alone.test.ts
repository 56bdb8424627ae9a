import t from 'tap'
import type { Test } from 'tap'
import { forwardResults } from '../../src/admission/forward.ts'
import { createNamespace, metric, requestApi, waitFor } from './cluster.ts'
import { faults, type Fault } from './faults.ts'
import { startReplicas, type Replicas } from './replicas.ts'
import { canRestartApiServer } from './restart-api-server.ts'
import { burst, deploy, distribute, manyDeployments, scaleTo, sixGroups, totalOf, type Shape } from './shapes.ts'
import {
  failedCreates, notExact, notExplained, notRanked, raceBound, readStandings, strays, waitForMiddle, waitSettled, worstOf, type Standing,
} from './standing.ts'

interface Pair { readonly shape: Shape, readonly fault: Fault }

const count = 3
const isRestart = ({ fault }: Pair) => fault === faults.apiServerRestarted
const failOpen = () => metric('apiserver_admission_webhook_fail_open_count')
const describe = (standings: readonly Standing[]) => standings.map(({ deployment, counts }) => `${deployment}: ${JSON.stringify(counts)}`)

/** Every shape, and four faults; with VERSPREI_SOAK=1 every shape with every fault, and bursts that keep two cores busy for half a minute. */
const pairs: readonly Pair[] = process.env['VERSPREI_SOAK'] === '1'
  ? [burst(), sixGroups(), manyDeployments()].flatMap(shape => Object.values(faults).map(fault => ({ shape, fault })))
  : [
    { shape: manyDeployments(30), fault: faults.none },
    { shape: burst(), fault: faults.leaderStopped },
    { shape: burst(300), fault: faults.leaderKilled },
    { shape: sixGroups(200), fault: faults.leaderFrozen },
  ]

/**
 * A ReplicaSet controller that does not reach the API server, or loses its answer, says so itself; what the API server refused it says otherwise.
 * One that has just begun does not know all roles yet, and refuses for that.
 */
const isRefusal = (message: string) =>
  !/^Error creating: (?:Post |unexpected error when reading response body|pods is forbidden: .*RBAC: \[?clusterrole.* not found)/su.test(message)

/**
 * Milliseconds. A replica that wakes up has calls answered that nobody waits for: the seats end 60 s later by the watch's progress, which a quiet
 * cluster tells once a minute, and gaps are closed after that.
 */
const rankLimit = 240_000

/** Adopted, in their first seats, and exact once 20 more pods have come wherever a workload is not. */
async function mends(t: Test, namespace: string, shape: Shape): Promise<void> {
  await waitFor('each group\'s pods hold its first seats', async () => {
    const wrong = notRanked(shape, await readStandings(namespace, shape))
    if (wrong.length > 0) throw new Error(`not in ${wrong.length} Deployments`)
    return true
  }, { interval: 500, timeout: rankLimit })
  for (const { deployment, pods } of notExact(shape, await readStandings(namespace, shape))) {
    await scaleTo(namespace, deployment, pods.length + 20)
  }
  await waitSettled(namespace)
  const wrong = notExplained(shape, count, await readStandings(namespace, shape))
  t.same(describe(wrong), [], 'exact again after 20 more pods, but for what cannot be mended without moving pods')
}

async function staysExact(t: Test, namespace: string, shape: Shape, failedOpen: number): Promise<void> {
  const standings = await readStandings(namespace, shape)
  t.same(describe(notExact(shape, standings)), [], `every workload is within its bound: ${worstOf(shape, standings).toFixed(2)} off`)
  t.equal(failedOpen, 0, 'no call failed open')
  t.equal(strays(standings).length, 0, 'every pod was placed')
}

/** Connections that the API server keeps idle: each may be sent a call in the moment in which it is closed, which nobody but the API server sees. */
const idleConnections = 25

interface Losses {
  /** Calls that got no answer, as seen from outside. */
  readonly lost: number
  readonly failedOpen: number
  /** Pods that were given a seat. The API server may be gone before it has stored them all; their seats are held for a minute. */
  readonly placed?: number
}

async function staysWithinRaces(t: Test, namespace: string, shape: Shape, { lost, failedOpen, placed = 0 }: Losses): Promise<void> {
  const standings = await readStandings(namespace, shape)
  const inFlight = Math.max(lost, failedOpen)
  const stored = standings.flatMap(({ pods }) => pods).length - strays(standings).length
  const unstored = Math.max(0, placed - stored)
  t.comment(`${unstored} pods were placed and never stored`)
  const most = raceBound(shape, count) + inFlight + unstored
  const worst = worstOf(shape, standings)
  t.ok(worst <= most, `${worst.toFixed(2)} off at most, of ${most.toFixed(2)} allowed`)
  const unplaced = strays(standings).length
  t.ok(unplaced <= inFlight, `${unplaced} pods were not placed; ${lost} calls got no answer, ${failedOpen} failed open`)
  t.ok(failedOpen <= lost + idleConnections, 'no more failed open than were in flight')
  await waitFor('those that no admission placed are adopted', async () =>
    strays(await readStandings(namespace, shape)).length === 0, { interval: 500 })
}

/** Strikes in the middle of the burst, ends the fault once all is settled, and returns how many pods there were when it struck. */
async function burstThrough(namespace: string, { shape, fault }: Pair, replicas: Replicas): Promise<number> {
  await deploy(namespace, shape)
  const there = await waitForMiddle(namespace, shape)
  const end = await fault.strike(replicas)
  await waitSettled(namespace)
  await end()
  return there
}

interface Namespaces { readonly items: readonly { readonly metadata: { readonly deletionTimestamp?: string } }[] }

/**
 * The namespace controller deletes what an earlier test has left, thousands of events too, 15 s after that test: in the middle of this
 * one's burst.
 */
const waitForQuiet = (): Promise<boolean> => waitFor('the namespaces of earlier tests are gone', async () => {
  const { items } = await requestApi<Namespaces>('GET', '/api/v1/namespaces')
  return items.every(({ metadata }) => metadata.deletionTimestamp === undefined)
}, { interval: 500, timeout: 120_000 })

async function survives(t: Test, pair: Pair): Promise<void> {
  await waitForQuiet()
  const { shape, fault } = pair
  const namespace = await createNamespace(t)
  const replicas = await startReplicas(t, count, { flags: ['--drain', '3'], isGated: fault === faults.watchCut })
  await distribute(namespace, shape)
  const known = () => replicas.sum('versprei_distributors', { state: 'valid' })
  await waitFor('every replica knows the distributor', async () => await known() === count)
  const [failedBefore, lostBefore] = [await failOpen(), replicas.lost()]
  const placed = () => replicas.sum('versprei_admission_decisions_total', { result: 'placed' })
  const placedBefore = await placed()
  const there = await burstThrough(namespace, pair, replicas)
  t.ok(there < totalOf(shape), `${there} pods were there when it struck`)
  const forwards = await Promise.all(forwardResults.map(async result => `${await replicas.sum('versprei_forwards_total', { result })} ${result}`))
  const races = await replicas.sum('versprei_own_race_decisions_total')
  t.comment(`${races} decisions were made in races of their own; forwards: ${forwards.join(', ')}`)
  // Another API server counts from nothing.
  const failedOpen = await failOpen() - (isRestart(pair) ? 0 : failedBefore)
  if (fault.allows === 'exact') await staysExact(t, namespace, shape, failedOpen)
  else {
    const losses = { lost: replicas.lost() - lostBefore, failedOpen }
    await staysWithinRaces(t, namespace, shape, isRestart(pair) ? { ...losses, placed: await placed() - placedBefore } : losses)
  }
  if (fault.mends) await mends(t, namespace, shape)
  t.same((await failedCreates(namespace)).filter(isRefusal), [], 'no pod creation failed')
}

const isRestartable = await canRestartApiServer()
for (const pair of pairs) {
  const skip = isRestart(pair) && !isRestartable && 'the API server is not this run\'s own'
  void t.test(`${count} replicas, ${pair.shape.name}; ${pair.fault.name}`, { skip }, t => survives(t, pair))
}
