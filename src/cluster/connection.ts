import { request, type Dispatcher } from 'undici'
import { createAuthorizer } from './authorizer.ts'
import { ClusterError, ownReasons, networkError, statusError } from './cluster-error.ts'
import { createDispatchers, type Dispatchers } from './dispatcher.ts'
import { endedCertificate } from './ended-certificate.ts'
import { loadSource, type Source, type Target } from './source.ts'

export interface ClusterRequest {
  /** Default: GET. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; the content type is application/json unless a header says otherwise. */
  readonly body?: unknown
  /** Bounds the whole exchange. Without one, 30 s for the answer and between its parts. */
  readonly signal?: AbortSignal
}

/** A successful answer (2xx). Read it to its end, one way or another: until then it holds its socket. */
export interface ClusterResponse {
  readonly status: number
  /**
   * When it was sent, by the API server's clock: milliseconds since 1970, in whole seconds (the header Date); undefined where it does not
   * say.
   */
  readonly date?: number | undefined
  readonly body: AsyncIterable<Uint8Array>
  json(): Promise<unknown>
  text(): Promise<string>
}

export interface Connection {
  /** The API server's address. */
  readonly server: string
  /** The kubeconfig's context; undefined in a cluster. */
  readonly context: string | undefined
  /** The context's namespace, or the pod's own; `default` where there is none. */
  readonly namespace: string
  /** Throws a ClusterError for every answer that is not 2xx, and for none. Redirects are not followed. */
  request(path: string, options?: ClusterRequest): Promise<ClusterResponse>
  /** Ends everything, requests under way included. */
  close(): Promise<void>
}

const answerTimeout = 30_000
const longestStatus = 65_536

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(networkError('aborted', signal.reason))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

async function readStatus(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length > longestStatus) break
  }
  const text = Buffer.concat(chunks).toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function urlOf(server: string, path: string, query: ClusterRequest['query']): string {
  const search = new URLSearchParams(Object.entries(query ?? {}).map(([key, value]) => [key, String(value)])).toString()
  return `${server}${path}${search === '' ? '' : `?${search}`}`
}

function secondsOf(header: string | string[] | undefined): number | undefined {
  const seconds = typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : undefined
  return seconds === undefined || seconds === 0 ? undefined : Math.min(seconds, 60) * 1000
}

function dateOf(header: string | string[] | undefined): number | undefined {
  const date = typeof header === 'string' ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : date
}

async function send(url: string, options: ClusterRequest, dispatcher: Dispatcher, credentials: Readonly<Record<string, string>>) {
  const { method = 'GET', body, signal, headers } = options
  const timeout = signal === undefined ? answerTimeout : 0
  return request(url, {
    method,
    dispatcher,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    ...(signal !== undefined && { signal }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      accept: 'application/json',
      'user-agent': 'versprei',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
      ...credentials
    }
  })
}

function createRequest(target: Target, source: Source, dispatchers: Dispatchers): Connection['request'] {
  const authorizer = createAuthorizer(source, target)
  return async (path, options = {}) => {
    const where = `${options.method ?? 'GET'} ${target.server}${path}`
    const fault = (error: unknown) => { throw networkError(where, error) }
    try {
      const { headers, transport } = await abortable(authorizer.authorize(), options.signal)
      const url = urlOf(target.server, path, options.query)
      // undici does not look at the signal while it connects, which may take 10 s.
      const sent = send(url, options, dispatchers.use(transport), headers)
      const { statusCode, headers: answered, body } = await abortable(sent, options.signal)
      if (statusCode >= 200 && statusCode < 300) {
        const date = dateOf(answered.date)
        return { status: statusCode, date, body, json: () => body.json().catch(fault), text: () => body.text().catch(fault) }
      }
      const isRefused = statusCode === 401
      if (isRefused) authorizer.forget()
      const why = isRefused ? endedCertificate(transport.tls, dateOf(answered.date)) : undefined
      const retryAfter = secondsOf(answered['retry-after'])
      throw statusError(where, await readStatus(body), { status: statusCode, ...(retryAfter !== undefined && { retryAfter }) }, why)
    } catch (error) {
      return fault(error)
    }
  }
}

/** Finds the cluster and reads who we are; sends nothing yet. Throws a ClusterError whose message is one clear line. */
export async function connect(source: Source): Promise<Connection> {
  const target = await loadSource(source)
  const dispatchers = createDispatchers()
  let closed = false
  const ask = createRequest(target, source, dispatchers)
  return {
    server: target.server,
    context: target.context,
    namespace: target.namespace ?? 'default',
    request: (path, options) => {
      if (closed) return Promise.reject(new ClusterError(`the connection to ${target.server} is closed`, { reason: ownReasons.closed }))
      return ask(path, options)
    },
    close: () => {
      closed = true
      return dispatchers.close()
    }
  }
}
