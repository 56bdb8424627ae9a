import { readFile } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, resolve } from 'node:path'
import type { Cluster, Context, User } from '@kubernetes/client-node'
// Of client-node only what reads a kubeconfig: all of it takes 0.7 s and 80 MiB, which a server should not pay for good.
import { newClusters, newContexts, newUsers } from '@kubernetes/client-node/dist/config_types.js'
import { LineCounter, parseDocument } from 'yaml'
import { ClusterError, message, ownReasons } from './cluster-error.ts'
import { isMap } from '../placement/is-map.ts'
import { field, textField } from './json-field.ts'

/** The cluster and the user that a kubeconfig's context names. */
export interface KubeconfigTarget {
  readonly context: string
  readonly namespace: string | undefined
  readonly cluster: Cluster
  readonly user: User
  /** client-node does not know `tokenFile`. */
  readonly tokenFile: string | undefined
}

/** One line: the file, what is wrong, what would be right. */
export function configurationError(what: string, cause?: unknown): ClusterError {
  return new ClusterError(what, { reason: ownReasons.configuration }, cause)
}

interface Entries {
  readonly current: string | undefined
  readonly contexts: readonly Context[]
  readonly clusters: readonly Cluster[]
  readonly users: readonly User[]
  readonly tokenFiles: ReadonlyMap<string, string>
}

/** Parsers quote the line that they stumble over, which may hold a credential: only its number and the kind of mistake are told. */
function parseYaml(text: string, file: string): Readonly<Record<string, unknown>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })
  const mistake = document.errors[0]
  if (mistake !== undefined) {
    throw configurationError(`kubeconfig ${file}: line ${lines.linePos(mistake.pos[0]).line} is not valid YAML (${mistake.code})`)
  }
  const value: unknown = document.toJS()
  if (!isMap(value)) {
    throw configurationError(`kubeconfig ${file}: not a kubeconfig; a mapping with clusters, users and contexts is wanted`)
  }
  return value
}

function tokenFilesOf(users: unknown, folder: string): Map<string, string> {
  return new Map((Array.isArray(users) ? users : []).flatMap((entry: unknown) => {
    const name = textField(entry, 'name')
    const file = textField(field(entry, 'user'), 'tokenFile')
    return name === undefined || file === undefined ? [] : [[name, resolve(folder, file)]]
  }))
}

/** As client-go: a command with a slash is relative to the file; without one it is looked for on the PATH. */
function withPluginPath(user: User, folder: string): User {
  const exec: unknown = user.exec
  const command = textField(exec, 'command')
  if (!isMap(exec) || command === undefined || !/[\\/]/.test(command) || isAbsolute(command)) return user
  return { ...user, exec: { ...exec, command: resolve(folder, command) } }
}

/** Paths in a kubeconfig are relative to its folder. */
function inFolder(folder: string, { certFile, keyFile, ...user }: User): User {
  return { ...user, ...(certFile && { certFile: resolve(folder, certFile) }), ...(keyFile && { keyFile: resolve(folder, keyFile) }) }
}

function clusterIn(folder: string, { caFile, ...cluster }: Cluster): Cluster {
  return { ...cluster, ...(caFile && { caFile: resolve(folder, caFile) }) }
}

async function readEntries(file: string): Promise<Entries> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw configurationError(`kubeconfig ${file} cannot be read: ${message(error)}`, error)
  })
  const raw = parseYaml(text, file)
  const folder = resolve(dirname(file))
  try {
    return {
      current: textField(raw, 'current-context'),
      contexts: newContexts(raw['contexts']),
      clusters: newClusters(raw['clusters']).map(cluster => clusterIn(folder, cluster)),
      users: newUsers(raw['users']).map(user => withPluginPath(inFolder(folder, user), folder)),
      tokenFiles: tokenFilesOf(raw['users'], folder)
    }
  } catch (error) {
    throw configurationError(`kubeconfig ${file}: ${message(error)}`, error)
  }
}

/** Exec plugins are told by KUBERNETES_EXEC_INFO what is asked of them (client-node leaves it out; some refuse to run without). */
function withPluginInfo(user: User, cluster: Cluster): User {
  const exec: unknown = user.exec
  if (!isMap(exec)) return user
  const env: unknown = exec['env']
  const told = {
    server: cluster.server,
    ...(cluster.caData !== undefined && { 'certificate-authority-data': cluster.caData }),
    ...(cluster.tlsServerName !== undefined && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.skipTLSVerify && { 'insecure-skip-tls-verify': true })
  }
  const spec = { interactive: false, ...(exec['provideClusterInfo'] === true && { cluster: told }) }
  const info = { apiVersion: textField(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1', kind: 'ExecCredential', spec }
  const variable = { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }
  return { ...user, exec: { ...exec, env: [...Array.isArray(env) ? env : [], variable] } }
}

function namesOf(entries: readonly { readonly name: string }[]) {
  return entries.map(({ name }) => name).join(', ') || 'none'
}

function named<T extends { readonly name: string }>(entries: readonly T[], name: string, kind: string, where: string): T {
  const found = entries.find(entry => entry.name === name)
  if (found !== undefined) return found
  throw configurationError(`${where}: no ${kind} ${JSON.stringify(name)}; there are: ${namesOf(entries)}`)
}

/** Over plain HTTP no credentials are sent, as with kubectl: `kubectl proxy` has its own. */
function secured(cluster: Cluster, user: User, where: string): Pick<KubeconfigTarget, 'cluster' | 'user'> {
  const protocol = URL.parse(cluster.server)?.protocol
  if (protocol === 'https:') return { cluster, user: withPluginInfo(user, cluster) }
  if (protocol === 'http:') return { cluster: { ...cluster, skipTLSVerify: true }, user: { name: 'anonymous' } }
  const server = JSON.stringify(cluster.server)
  throw configurationError(`${where}: cluster ${cluster.name} has the server ${server}; an https:// address is wanted`)
}

/**
 * What the context (or, without one, `current-context`) of a kubeconfig names. `path` may list several files as the variable KUBECONFIG
 * does: they are merged, the first that has a name wins. Throws one line that says which file, what is wrong and what would be right.
 */
export async function loadKubeconfig(path: string, context?: string): Promise<KubeconfigTarget> {
  const files = path.split(delimiter).filter(file => file !== '')
  const entries = await Promise.all(files.map(file => readEntries(file)))
  const where = `kubeconfig ${files.join(', ')}`
  const contexts = entries.flatMap(entry => entry.contexts)
  const wanted = context ?? entries.find(entry => entry.current !== undefined)?.current
  if (wanted === undefined) throw configurationError(`${where}: no current-context; name one of: ${namesOf(contexts)}`)
  const chosen = named(contexts, wanted, 'context', where)
  const cluster = named(entries.flatMap(entry => entry.clusters), chosen.cluster, `cluster (of context ${wanted})`, where)
  const users = entries.flatMap(entry => entry.users)
  // A context may do without a user. client-node then skips the certificate authority too, unless there is some user.
  const user = chosen.user ? named(users, chosen.user, `user (of context ${wanted})`, where) : { name: 'anonymous' }
  const tokenFile = entries.find(entry => entry.tokenFiles.has(user.name))?.tokenFiles.get(user.name)
  const secure = secured(cluster, user, where)
  return { context: wanted, namespace: chosen.namespace, tokenFile: secure.user.name === user.name ? tokenFile : undefined, ...secure }
}
