import { readdir } from 'node:fs/promises'
import { isIP } from 'node:net'
import { readClientAuthorities } from '../../certificates/client-authority.ts'
import { ensureCertificates } from '../../certificates/folder.ts'
import { ensurePeerCertificates } from '../../certificates/peers.ts'
import { ClusterError } from '../../cluster/cluster-error.ts'
import { connect, type Connection } from '../../cluster/connection.ts'
import { usualNamespace } from '../../controllers/installed-names.ts'
import { serviceName } from '../../controllers/webhook-entry.ts'
import { openSecrets, type CertificateSecrets } from '../certificate-secrets.ts'
import { sourceOf } from '../cluster-source.ts'
import type { Configuration, Environment } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import { preflight } from '../preflight.ts'
import type { FlagName } from '../serve-flags.ts'
import { unreadableFolder } from '../unreadable-folder.ts'

/** What serving needs and what was found good before it began. */
export interface Prepared {
  /** Undefined when a folder of manifests is served. */
  readonly connection: Connection | undefined
  /** The namespace of our own pod; undefined outside a cluster. */
  readonly ownNamespace: string | undefined
  /** What the certificate is to be good for. */
  readonly hosts: readonly string[]
  /** Where the Lease is by which replicas agree on a leader; undefined: there is one replica. */
  readonly leaseNamespace: string | undefined
  /** PEM of the authorities that sign callers' certificates; undefined: whoever reaches the port may call. */
  readonly clientAuthorities: string | undefined
}

const sourceFlags: readonly FlagName[] = ['manifests', 'kubeconfig', 'context']

/**
 * Opens the cluster, or looks for the manifests, and the certificates; or lists everything that is wrong with them. What hangs on a
 * `broken` flag is left alone: its default may be another cluster, or a folder that nobody wants certificates in.
 */
export async function prepare(
  configuration: Configuration, environment: Environment, ending?: AbortSignal, broken: readonly FlagName[] = [],
): Promise<Prepared | { readonly mistakes: readonly string[] }> {
  const { manifests, names } = configuration
  const opened: Opened = sourceFlags.some(name => broken.includes(name))
    ? { mistakes: [] }
    : manifests === undefined
      ? await openCluster(configuration, environment, ending)
      : { mistakes: await checkFolder(manifests, names.manifests) }
  const { connection } = opened
  const mistakes = [...opened.mistakes]
  const ownNamespace = connection?.context === undefined ? connection?.namespace : undefined
  const hosts = certificateHosts(configuration, ownNamespace)
  const leaseNamespace = configuration.leaseNamespace ?? ownNamespace
  const sharesFolder = configuration.certificateSecret !== undefined || broken.includes('certificate-secret')
  // Those that replicas share hang on the cluster: a Secret is not asked for where that is known not to answer.
  const isKnown = connection !== undefined && mistakes.length === 0 && broken.length === 0
  try {
    if (sharesFolder ? isKnown : !broken.includes('certificates')) {
      await makeCertificates(configuration, hosts, leaseNamespace, openSecrets(configuration, connection, leaseNamespace, () => true))
    }
  } catch (error) {
    mistakes.push(tellCertificates(error, names))
  }
  const authorities = await readAuthorities(configuration)
  mistakes.push(...authorities.mistakes)
  if (mistakes.length === 0) return { connection, ownNamespace, hosts, leaseNamespace, clientAuthorities: authorities.ca }
  await connection?.close()
  return { mistakes }
}

async function readAuthorities(
  { clientCa, names }: Configuration,
): Promise<{ readonly ca?: string, readonly mistakes: readonly string[] }> {
  try {
    return clientCa === undefined ? { mistakes: [] } : { ca: await readClientAuthorities(clientCa), mistakes: [] }
  } catch (error) {
    return { mistakes: [`${names['client-ca']}: ${messageOf(error)}`] }
  }
}

async function makeCertificates(
  { certificates, certificateSecret, names }: Configuration, hosts: readonly string[], leaseNamespace: string | undefined,
  secrets: CertificateSecrets | undefined,
): Promise<void> {
  const makeServing = () => ensureCertificates(certificates, { hosts, now: new Date() })
  const makePeers = () => ensurePeerCertificates(certificates, new Date())
  await (secrets === undefined ? makeServing() : secrets.serving.settle(makeServing))
  if (leaseNamespace !== undefined) await (secrets === undefined ? makePeers() : secrets.peers.settle(makePeers))
  else if (certificateSecret !== undefined) {
    throw new Error(`to share them by ${names['certificate-secret']}, ${names['lease-namespace']} is needed outside a cluster`)
  }
}

function tellCertificates(error: unknown, names: Configuration['names']): string {
  if (!(error instanceof ClusterError)) return `${names.certificates}: ${messageOf(error)}`
  const hint = error.status === 403 ? '; may this account get, create and update it? see config/rbac/certificate-role.yaml' : ''
  return `${names['certificate-secret']}: ${messageOf(error)}${hint}`
}

interface Opened {
  readonly connection?: Connection
  readonly mistakes: readonly string[]
}

async function openCluster(
  { kubeconfig, context }: Configuration, environment: Environment, ending: AbortSignal | undefined,
): Promise<Opened> {
  try {
    const connection = await connect(sourceOf({ kubeconfig, context }, environment))
    return { connection, mistakes: await preflight(connection, ending) }
  } catch (error) {
    return { mistakes: [messageOf(error)] }
  }
}

async function checkFolder(folder: string, name: string): Promise<readonly string[]> {
  try {
    await readdir(folder)
    return []
  } catch (error) {
    return [unreadableFolder(name, folder, error)]
  }
}

/** By what name may someone call us: this machine, our Service, the URL that is registered, the address we listen on. */
function certificateHosts({ host, webhookUrl }: Configuration, ownNamespace: string | undefined): readonly string[] {
  const service = `${serviceName}.${ownNamespace ?? usualNamespace}.svc`
  const listening = host === '::' || host === '0.0.0.0' ? [] : [host]
  const called = webhookUrl === undefined ? [] : [webhookUrl.hostname.replace(/^\[|\]$/gu, '')]
  return [...new Set(['localhost', '127.0.0.1', '::1', service, `${service}.cluster.local`, ...listening, ...called])]
    .filter(name => name !== '' && (isIP(name) !== 0 || !name.includes(':')))
}
