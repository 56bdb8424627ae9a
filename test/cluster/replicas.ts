import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openApiGate, type ApiGate } from './api-gate.ts'
import { createBalancer, type Balancer, type BalancerOptions } from './balancer.ts'
import { callApi, readApi, requestApi } from './cluster.ts'
import { kubeconfigOf, openHome, writeKubeconfig, type Home } from './home.ts'
import { sumOf } from './parse-metrics.ts'
import { startReplica, type Replica } from './replica.ts'
import { entry, probe } from './versprei.ts'
import { waitFor } from './wait-for.ts'

/** A program that serves. */
export interface Version {
  /** A file that Node runs. */
  readonly entry: string
  /** The flags of `serve` that it knows, as they are typed; by default all that these tests use. */
  readonly flags?: ReadonlySet<string>
}

/** Several replicas of Versprei that share a folder of certificates and are called at one address. */
export interface Replicas {
  /** Where the API server calls them. */
  readonly url: string
  readonly balancer: Balancer
  /** What they reach the API server through; undefined unless asked for. */
  readonly gate: ApiGate | undefined
  /** Those that run, frozen ones too. */
  readonly running: () => readonly Replica[]
  /** The one that leads. @throws when a minute later there is none, or more than one */
  readonly leader: () => Promise<Replica>
  readonly followers: () => Promise<readonly Replica[]>
  /** The sum of a metric over those that are awake. */
  readonly sum: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>
  /** Calls that got no answer, of all there have been. */
  readonly lost: () => number
  /** Adds one, of the version told, and waits until it says that it is ready: whoever calls may not have noticed. */
  readonly add: (version?: Version) => Promise<Replica>
  /** Adds so many, and waits until all are ready, in rotation and called, and one leads. */
  readonly start: (count: number) => Promise<void>
  /** SIGTERM for all that run; @throws unless each ends by itself with exit code 0 */
  readonly stop: () => Promise<void>
}

export interface ReplicasOptions {
  /** Added to `serve`'s own: `['--drain', '2']`. */
  readonly flags?: readonly string[]
  /** All of them reach the API server through a gate that can be cut. */
  readonly isGated?: boolean
  /** Where it is installed, if that is done already; by default in a namespace of its own, by the manifests that are shipped. */
  readonly home?: Home
  /** Each has a folder of certificates to itself, and shares what is in it by the Secrets of its home. By default they share the folder. */
  readonly sharesSecret?: boolean
  readonly balancer?: BalancerOptions
  /** What those run that are not told otherwise; by default what the other tests run. */
  readonly version?: Version
  /** Whether it takes part in an election; by default where there is more than one. One alone does if another may come beside it. */
  readonly hasPeers?: boolean
}

const registrationPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'
const timeout = 60_000

/**
 * Starts `count` replicas and waits until the API server calls them; stopped after the test, however it went. They may do what Versprei's
 * own ServiceAccount may, and no more. Only in files named *.alone.test.ts: there is one registration in a cluster.
 */
export async function startReplicas(t: Pick<Test, 'teardown'>, count: number, options: ReplicasOptions = {}): Promise<Replicas> {
  const folder = await mkdtemp(join(process.env['VERSPREI_TEST_FOLDER'] ?? tmpdir(), 'versprei-replicas-'))
  const home = options.home ?? await openHome(t)
  const config = await kubeconfigOf(home.namespace)
  const balancer = await createBalancer(options.balancer)
  const gate = options.isGated === true ? await openApiGate(folder, config) : undefined
  const url = `https://127.0.0.1:${balancer.port}/mutate`
  const all: Replica[] = []
  const running = () => all.filter(replica => !replica.isGone())
  const awake = () => all.filter(replica => replica.isAwake())
  const stop = async () => {
    for (const replica of running()) replica.thaw()
    gate?.mend()
    await Promise.all(running().map(replica => replica.stop()))
  }
  t.teardown(async () => {
    await stop().finally(async () => {
      await balancer.close()
      await gate?.close()
      await rm(folder, { recursive: true, force: true })
    })
  })
  const kubeconfig = gate?.kubeconfig ?? await writeKubeconfig(folder, config)
  const serveFlags = [
    '--kubeconfig', kubeconfig, '--host', '127.0.0.1', '--port', '0', '--metrics-port', '0', '--webhook-url', url,
    ...options.hasPeers ?? count > 1 ? peerFlags(home) : [], ...options.flags ?? [],
  ]
  const certificateFlags = (): readonly string[] => options.sharesSecret === true
    ? ['--certificates', join(folder, `certificates-${randomUUID()}`), '--certificate-secret', home.secret]
    : ['--certificates', join(folder, 'certificates')]
  const launch = async (version: Version): Promise<Replica> => {
    const flags = knownTo(version, [...serveFlags, ...certificateFlags()])
    const replica = await startReplica({ entry: version.entry, flags, balancer })
    all.push(replica)
    return replica
  }
  const usual = options.version ?? { entry }
  const start = async (more: number) => {
    const started = await Promise.allSettled(Array.from({ length: more }, () => launch(usual)))
    for (const result of started) if (result.status === 'rejected') throw result.reason
    await waitFor('every replica is in rotation', () => awake().every(({ endpoint }) => endpoint.isInRotation()), { timeout })
    await waitUntilCalled(url, awake)
    await findLeader(awake)
  }
  // A Lease that an earlier test left behind would have to run out first.
  await callApi('DELETE', `/apis/coordination.k8s.io/v1/namespaces/${home.namespace}/leases/versprei`)
  await start(count)
  return {
    url, balancer, gate, running, start, stop,
    async add(version = usual) {
      const replica = await launch(version)
      await waitFor('the new replica is ready', () => replica.endpoint.isReady(), { timeout, interval: 50 })
      return replica
    },
    leader: () => findLeader(awake),
    followers: async () => {
      const leader = await findLeader(awake)
      return running().filter(replica => replica !== leader)
    },
    sum: (name, labels) => sumOver(awake(), name, labels),
    lost: () => all.reduce((sum, { endpoint }) => sum + endpoint.lost(), 0),
  }
}

/** One alone needs no peers: outside a cluster, without a Lease's namespace, it leads alone. */
const peerFlags = ({ namespace }: Home) => ['--lease-namespace', namespace, '--peer-host', '127.0.0.1', '--peer-port', '0']

/** Of flags, each with its value behind it, those that a version knows. */
const knownTo = ({ flags: known }: Version, flags: readonly string[]): readonly string[] =>
  flags.filter((_, index) => known?.has(flags[index - index % 2] ?? '') ?? true)

async function sumOver(replicas: readonly Replica[], name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const values = await Promise.all(replicas.map(async replica => sumOf(await replica.metrics(), name, labels) ?? 0))
  return values.reduce((sum, value) => sum + value, 0)
}

async function findLeader(awake: () => readonly Replica[]): Promise<Replica> {
  return waitFor('exactly one replica leads', async () => {
    const replicas = awake()
    if (replicas.length === 1) return replicas[0]
    const leads = await Promise.all(replicas.map(async replica => sumOf(await replica.metrics(), 'versprei_leader') === 1))
    const leaders = replicas.filter((_, index) => leads[index])
    if (leaders.length !== 1) throw new Error(`${leaders.length} of ${replicas.length} lead`)
    return leaders[0]
  }, { timeout })
}

interface Registration { readonly webhooks?: readonly { readonly clientConfig: { readonly url?: string } }[] }

/** The API server acts on a new entry a moment after it has stored it: pods are created, with dryRun, until a replica was asked. */
async function waitUntilCalled(url: string, awake: () => readonly Replica[]): Promise<void> {
  await waitFor(`Versprei is registered at ${url}`, async () =>
    (await readApi<Registration>(registrationPath))?.webhooks?.some(({ clientConfig }) => clientConfig.url === url), { timeout })
  const decided = () => sumOver(awake(), 'versprei_admission_decisions_total')
  const before = await decided()
  await waitFor(`the API server calls ${url}`, async () => {
    await requestApi('POST', '/api/v1/namespaces/default/pods?dryRun=All', { body: probe })
    return await decided() > before
  }, { timeout })
}
