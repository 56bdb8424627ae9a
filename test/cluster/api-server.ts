import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Agent, request } from 'undici'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Call {
  /** Sent as JSON. */
  readonly body?: unknown
  /** By default application/json, and a merge patch for PATCH. */
  readonly contentType?: string
  /** Who asks, as the API server is to see it: the kubeconfig's user must be allowed to impersonate. */
  readonly as?: string
}

export interface Answer {
  readonly status: number
  /** The body as it came. */
  readonly text: string
}

interface Connection {
  readonly server: string
  readonly headers: Record<string, string>
  readonly agent: Agent
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string, readonly 'certificate-authority-data'?: string } }[]
  readonly users: readonly { readonly user: {
    readonly token?: string
    readonly tokenFile?: string
    readonly 'client-certificate-data'?: string
    readonly 'client-key-data'?: string
  } }[]
}

const run = promisify(execFile)
const decode = (base64: string | undefined) => base64 === undefined ? undefined : Buffer.from(base64, 'base64')

/** One keep-alive agent for the current context of KUBECONFIG; `--flatten` puts every file it names into the answer. */
const connect = async (): Promise<Connection> => {
  const { stdout } = await run('kubectl', ['config', 'view', '--raw', '--minify', '--flatten', '--output=json'])
  const { clusters, users }: Kubeconfig = JSON.parse(stdout)
  const cluster = clusters[0]!.cluster
  const user = users[0]!.user
  const token = user.token ?? (user.tokenFile === undefined ? undefined : (await readFile(user.tokenFile, 'utf8')).trim())
  const cert = decode(user['client-certificate-data'])
  const key = decode(user['client-key-data'])
  const ca = decode(cluster['certificate-authority-data'])
  if (token === undefined && cert === undefined) {
    throw new Error('the kubeconfig\'s user has neither a token nor a client certificate, the only two ways these tests can use')
  }
  return {
    server: cluster.server.replace(/\/$/, ''),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    agent: new Agent({ connections: 16, connect: { ...ca && { ca }, ...cert && { cert }, ...key && { key } } }),
  }
}

let connection: Promise<Connection> | undefined

/** One request to the API server that KUBECONFIG names, over connections that are kept; any status is an answer. */
export const callApi = async (method: Method, path: string, { body, contentType, as }: Call = {}): Promise<Answer> => {
  connection ??= connect()
  const { server, headers: credentials, agent } = await connection
  const headers = as === undefined ? credentials : { ...credentials, 'impersonate-user': as }
  const type = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')
  const answer = await request(`${server}${path}`, {
    method,
    dispatcher: agent,
    headers: body === undefined ? headers : { ...headers, 'content-type': type },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: answer.statusCode, text: await answer.body.text() }
}

/** As `callApi`, with the answer parsed. @throws when the status is 400 or more, with what the API server said. */
export const requestApi = async <T = unknown>(method: Method, path: string, call: Call = {}): Promise<T> => {
  const { status, text } = await callApi(method, path, call)
  if (status >= 400) throw new Error(`${method} ${path} was answered with ${status}: ${text.slice(0, 2000)}`)
  const value: T = JSON.parse(text)
  return value
}

/** The object at `path`, or undefined when there is none. @throws for any other status of 400 or more. */
export const readApi = async <T>(path: string): Promise<T | undefined> => {
  const { status, text } = await callApi('GET', path)
  if (status === 404) return undefined
  if (status >= 400) throw new Error(`GET ${path} was answered with ${status}: ${text.slice(0, 2000)}`)
  const value: T = JSON.parse(text)
  return value
}
