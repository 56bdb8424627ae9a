import { readFile } from 'node:fs/promises'
import type { KubeconfigTarget } from './kubeconfig.ts'
import type { Transport } from './dispatcher.ts'

/** What a user of a kubeconfig sends to be known by, without a program or a provider being asked. */
export interface PlainUser {
  readonly headers: Readonly<Record<string, string>>
  readonly tls: Transport['tls']
}

/** Whether what stands in the kubeconfig, and in files that it names, is all that there is to know about its user. */
export function isPlain({ user }: Pick<KubeconfigTarget, 'user'>): boolean {
  return !user.exec && !user.authProvider
}

/**
 * By the rules of client-node's `applyToHTTPSOptions`: a file comes before data, a token before a name and its password. Files are read at
 * every call, for they are renewed in place. Rejects when one cannot be read.
 */
export async function readPlainUser({ cluster, user }: Pick<KubeconfigTarget, 'cluster' | 'user'>): Promise<PlainUser> {
  const [ca, cert, key] = await Promise.all([
    fileOrData(cluster.caFile, cluster.caData), fileOrData(user.certFile, user.certData), fileOrData(user.keyFile, user.keyData),
  ])
  return {
    headers: {
      ...(user.impersonateUser && { 'impersonate-user': user.impersonateUser }),
      ...(user.username && { authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}` }),
      ...(user.token && { authorization: `Bearer ${user.token.trim()}` }),
    },
    tls: {
      ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }),
      ...(cluster.skipTLSVerify && { rejectUnauthorized: false }),
      ...(cluster.tlsServerName && { servername: cluster.tlsServerName }),
    },
  }
}

async function fileOrData(file: string | undefined, data: string | undefined): Promise<Buffer | undefined> {
  if (file) return readFile(file)
  return data ? Buffer.from(data, 'base64') : undefined
}
