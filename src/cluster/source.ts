import { access, readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { message } from './cluster-error.ts'
import { createKubeconfigAuthorize, createServiceAccount, type Authorize } from './credentials.ts'
import { configurationError, loadKubeconfig } from './kubeconfig.ts'

/** Where a cluster is looked for: the kubeconfig if one is named, then the pod's own cluster and `.kube/config` at home. */
export interface Source {
  /** A file, or several as in the variable KUBECONFIG. */
  readonly kubeconfig?: string
  /** Default: the kubeconfig's current-context. */
  readonly context?: string
  /** `server` as `inClusterServer` makes it. */
  readonly inCluster?: { readonly server: string, readonly folder?: string }
  readonly home?: string
  /** Which of the two comes first: a server is of the cluster it runs in, a person's question of that person's file. Default: cluster. */
  readonly first?: 'cluster' | 'home'
}

/** The cluster that was found, and how to prove who we are. */
export interface Target {
  readonly server: string
  readonly context: string | undefined
  readonly namespace: string | undefined
  readonly authorize: Authorize
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'
/** The API server's address from KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, which every pod has in its environment. */
export function inClusterServer(host: string, port: string): string {
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

async function loadInCluster({ server, folder = serviceAccount }: NonNullable<Source['inCluster']>): Promise<Target> {
  const authorize = createServiceAccount(folder)
  await authorize().catch((error: unknown) => {
    const right = 'a pod that talks to the API server wants automountServiceAccountToken'
    throw configurationError(`service account: ${message(error)}; ${right}`, error)
  })
  const namespace = await readFile(`${folder}/namespace`, 'utf8').then(text => text.trim(), () => undefined)
  return { server, context: undefined, namespace, authorize }
}

async function loadFile(path: string, context?: string): Promise<Target> {
  const target = await loadKubeconfig(path, context)
  const { cluster: { server }, context: chosen, namespace } = target
  return { server, context: chosen, namespace, authorize: await createKubeconfigAuthorize(target) }
}

/** Finds the cluster; throws one line that says what is missing. Sends nothing. */
export async function loadSource({ kubeconfig, context, inCluster, home, first = 'cluster' }: Source): Promise<Target> {
  if (kubeconfig !== undefined) return loadFile(kubeconfig, context)
  const own = inCluster !== undefined && context === undefined ? inCluster : undefined
  if (own !== undefined && first === 'cluster') return loadInCluster(own)
  const fallback = home === undefined ? undefined : join(home, '.kube', 'config')
  if (fallback !== undefined && await access(fallback).then(() => true, () => false)) return loadFile(fallback, context)
  if (own !== undefined) return loadInCluster(own)
  const missing = fallback === undefined ? '' : `, there is no ${fallback}`
  throw configurationError(`no cluster: no kubeconfig was named${missing} and this is not a pod`)
}
