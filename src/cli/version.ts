import type { Replica } from '../cluster/lease-versions.ts'
import { leaseName } from '../controllers/installed-names.ts'
import { clusterFlagNames, type ClusterFlags } from './cluster-flags.ts'
import { readClusterVersions, type ClusterVersions } from './cluster-versions.ts'
import type { Environment } from './configuration.ts'
import { messageOf } from './message-of.ts'
import { openConfigured } from './open-connection.ts'
import type { versionOutputs } from './output-formats.ts'
import { readVersion } from './package-version.ts'
import { printAs } from './print-as.ts'
import { parseSomeFlags } from './some-flags.ts'
import { table } from './table.ts'

export interface VersionFlags extends ClusterFlags {
  /** Asks no cluster. */
  readonly client?: boolean
  readonly leaseNamespace?: string
  readonly output: typeof versionOutputs[number]
}

export interface VersionIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
}

/** What is printed; what is not known is left out. */
interface Versions {
  readonly client: { readonly version: string, readonly node: string }
  readonly kubernetes?: { readonly version: string, readonly server: string }
  /** The leader first. */
  readonly replicas?: readonly { readonly name: string, readonly version: string, readonly leads: boolean }[]
}

interface Found {
  readonly server?: Omit<Versions, 'client'>
  readonly troubles: readonly string[]
  /** Whether it is the flags that are wrong. */
  readonly isMisused?: boolean
}

/**
 * `versprei version`: that of this program, and of what runs in the cluster. Returns the exit code: 1 when the cluster cannot be asked or
 * no replica leads there, 2 when a flag is wrong; the program's own is printed all the same.
 */
export async function version(flags: VersionFlags, io: VersionIo): Promise<number> {
  const client = { version: await readVersion(), node: process.version }
  const { server, troubles, isMisused = false }: Found = flags.client === true ? { troubles: [] } : await askCluster(flags, io)
  const found = { client, ...server }
  io.stdout(printAs(flags.output, found, () => draw(found)))
  for (const trouble of troubles) io.stderr(`versprei version: ${trouble}\n`)
  return troubles.length === 0 ? 0 : isMisused ? 2 : 1
}

const flagNames = [...clusterFlagNames, 'lease-namespace'] as const

async function askCluster(flags: VersionFlags, { environment, now }: VersionIo): Promise<Found> {
  const { kubeconfig, context, leaseNamespace } = flags
  const parsed = parseSomeFlags(flagNames, { kubeconfig, context, 'lease-namespace': leaseNamespace }, environment)
  if ('mistakes' in parsed) return { troubles: parsed.mistakes, isMisused: true }
  const connection = await openConfigured(parsed.configuration, environment)
  if ('mistakes' in connection) return { troubles: connection.mistakes }
  try {
    const found = await readClusterVersions(connection, parsed.configuration.leaseNamespace)
    return describe(found, connection.server, now())
  } catch (error) {
    return { troubles: [messageOf(error)] }
  } finally {
    await connection.close()
  }
}

/** A leader renews every 2 s, and loses the Lease after 15; beyond a minute not even the clocks of two machines explain it. */
const longestSilence = 60_000

function describe({ kubernetes, namespace, replicas }: ClusterVersions, server: string, now: Date): Found {
  const where = `Lease ${namespace}/${leaseName}`
  const known = { kubernetes: { version: kubernetes, server } }
  if (replicas === undefined) {
    const trouble = `there is no ${where}: no Versprei with several replicas runs there; --lease-namespace looks elsewhere`
    return { server: known, troubles: [trouble] }
  }
  const { leader, followers, renewed } = replicas
  if (leader === undefined) return { server: { ...known, replicas: [] }, troubles: [`${where} has no holder: no replica leads`] }
  const all = [toPrint(leader, true), ...followers.map(follower => toPrint(follower, false))]
  const isSilent = renewed !== undefined && now.getTime() - renewed > longestSilence
  const trouble = `${where} was last renewed at ${new Date(renewed ?? 0).toISOString()}: its holder is gone, or a clock is wrong`
  return { server: { ...known, replicas: all }, troubles: isSilent ? [trouble] : [] }
}

/** Behind the pod's name an identity has a uuid, which is nobody's business here. */
function toPrint({ identity, version = 'unknown' }: Replica, leads: boolean): NonNullable<Versions['replicas']>[number] {
  return { name: identity.replace(/_[\da-f-]{36}$/u, ''), version, leads }
}

function draw({ client, kubernetes, replicas = [] }: Versions): string {
  return table(['PART', 'VERSION', 'WHERE'], [
    ['client', client.version, `Node.js ${client.node}`],
    ...(kubernetes === undefined ? [] : [['API server', kubernetes.version, kubernetes.server]]),
    ...replicas.map(({ name, version, leads }) => [leads ? 'leader' : 'follower', version, name]),
  ])
}
