import { readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import type { User } from '@kubernetes/client-node'
import { ClusterError, message, ownReasons } from './cluster-error.ts'
import type { Transport } from './dispatcher.ts'
import { textField } from './json-field.ts'
import type { KubeconfigTarget } from './kubeconfig.ts'
import { isPlain, readPlainUser, type PlainUser } from './plain-user.ts'

/** What one request carries: headers that say who asks, and the TLS material. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>
  readonly transport: Transport
}

/** Gives the authorization of the moment: files are read again, an exec plugin is run again when its credentials have expired. */
export type Authorize = () => Promise<Authorization>

function failed(what: string, cause: unknown) {
  return new ClusterError(what, { reason: ownReasons.credentials }, cause)
}

/** The token in a file, read at every call (a kubelet renews it in place); a file that cannot be read now leaves the last one in use. */
function createTokenFile(file: string): (() => Promise<string>) {
  let last: string | undefined
  return async () => {
    try {
      last = (await readFile(file, 'utf8')).trim() || last
    } catch (error) {
      if (last === undefined) throw failed(`token file ${file} cannot be read: ${message(error)}`, error)
    }
    if (last === undefined) throw failed(`token file ${file} is empty: a bearer token belongs there`, undefined)
    return last
  }
}

/** A pod's service account: `ca.crt` and `token` in a folder that the kubelet keeps up to date. */
export function createServiceAccount(folder: string): Authorize {
  const token = createTokenFile(`${folder}/token`)
  let ca: Buffer | undefined
  return async () => {
    try {
      ca = await readFile(`${folder}/ca.crt`)
    } catch (error) {
      if (ca === undefined) throw failed(`${folder}/ca.crt cannot be read: ${message(error)}`, error)
    }
    return { headers: { authorization: `Bearer ${await token()}` }, transport: { tls: { ca } } }
  }
}

/** What an exec plugin printed is never shown: it may hold the token. What it wrote to standard error is. */
function explain(user: User, error: unknown): ClusterError {
  const command = textField(user.exec, 'command')
  if (command === undefined) return failed(`credentials of user ${user.name}: ${message(error)}`, error)
  const where = `exec plugin ${command} of user ${user.name}`
  if (error instanceof SyntaxError || error instanceof TypeError) {
    return failed(`${where}: what it printed is not an ExecCredential in JSON`, undefined)
  }
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  const hint = textField(user.exec, 'installHint') ?? 'Is it installed, and on the PATH?'
  return failed(`${where}: ${missing ? `not found. ${hint}` : message(error) || 'failed and said nothing'}`, error)
}

function bearerOf(headers: RequestOptions['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), String(value).trim()]]))
}

/** A kubeconfig's user: certificate files and data, tokens, passwords; exec plugins and auth providers by client-node. */
export async function createKubeconfigAuthorize(target: KubeconfigTarget): Promise<Authorize> {
  const { cluster, user, tokenFile } = target
  const token = tokenFile === undefined ? undefined : createTokenFile(tokenFile)
  const ask = isPlain(target) ? () => readPlainUser(target) : await createPluginUser(target)
  return async () => {
    try {
      const { headers, tls } = await ask()
      const bearer = token === undefined ? {} : { authorization: `Bearer ${await token()}` }
      return { headers: { ...headers, ...bearer }, transport: { tls, ...(cluster.proxyUrl && { proxy: cluster.proxyUrl }) } }
    } catch (error) {
      throw error instanceof ClusterError ? error : explain(user, error)
    }
  }
}

/** A user for whom a program or a provider has to be asked. */
async function createPluginUser({ cluster, user }: KubeconfigTarget): Promise<() => Promise<PlainUser>> {
  // Loaded only for these: it takes 0.7 s and 80 MiB.
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  config.loadFromClusterAndUser(cluster, user)
  return async () => {
    const options: RequestOptions = {}
    await config.applyToHTTPSOptions(options)
    const { ca, cert, key, passphrase, rejectUnauthorized, servername, auth } = options
    const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {}
    const given = Object.entries({ ca, cert, key, passphrase, rejectUnauthorized, servername }).filter(([, value]) => value !== undefined)
    return { headers: { ...basic, ...bearerOf(options.headers) }, tls: Object.fromEntries(given) }
  }
}
