import { readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import type { User } from '@kubernetes/client-node'
import { ClusterError, message, ownReasons } from './cluster-error.ts'
import type { Transport } from './dispatcher.ts'
import { textField } from './json-field.ts'
import type { KubeconfigTarget } from './kubeconfig.ts'

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

/** A kubeconfig's user, authenticated by client-node: exec plugins, auth providers, certificate files and data, tokens, passwords. */
export async function createKubeconfigAuthorize({ cluster, user, tokenFile }: KubeconfigTarget): Promise<Authorize> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  config.loadFromClusterAndUser(cluster, user)
  const token = tokenFile === undefined ? undefined : createTokenFile(tokenFile)
  return async () => {
    const options: RequestOptions = {}
    try {
      await config.applyToHTTPSOptions(options)
    } catch (error) {
      throw explain(user, error)
    }
    const { ca, cert, key, passphrase, rejectUnauthorized, servername } = options
    const dispatch = config.createDispatcherOptions(cluster, { ca, cert, key, passphrase, rejectUnauthorized, servername })
    const tls = dispatch.type === 'none' ? {} : dispatch.type === 'agent' ? dispatch.connect : dispatch.requestTls
    const basic = typeof options.auth === 'string' ? { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` } : {}
    const bearer = token === undefined ? {} : { authorization: `Bearer ${await token()}` }
    return {
      headers: { ...basic, ...bearerOf(options.headers), ...bearer },
      transport: { tls, ...('uri' in dispatch && { proxy: dispatch.uri }) }
    }
  }
}
