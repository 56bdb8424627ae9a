import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { distributorObject, nodeObject, podAt, podObject, podWhole, podsIn, type PlacedPod, type World } from './world.ts'

/** What the bench tells it to send down the watch of pods. */
export interface WatchMessage {
  readonly type: 'ADDED' | 'DELETED'
  readonly pods: readonly PlacedPod[]
}

/** Often enough that a bench sees some; a real one sends them about once a minute. */
const bookmarkEvery = 10_000

interface Resource {
  readonly apiVersion: string
  readonly kind: string
  /** The kind of a list's answer. */
  readonly listKind: string
  readonly count: number
  readonly object: (index: number) => string
}

const meta = { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', listKind: 'PartialObjectMetadataList' }
const firstVersion = 1_000_000

/** What the leader writes. */
const written: readonly { readonly method: string, readonly path: RegExp, readonly status: number }[] = [
  { method: 'PATCH', path: /^\/apis\/versprei\.versprei\.io\/v1beta1\/namespaces\/[^/]+\/poddistributors\/[^/]+\/status$/, status: 200 },
  { method: 'POST', path: /^\/apis\/events\.k8s\.io\/v1\/namespaces\/[^/]+\/events$/, status: 201 },
]

/**
 * Answers as the API server does what Versprei asks at its start, and as the leader: lists in pages, and watches with bookmarks, which show
 * the pods that it is told of. The objects are recorded ones, made when they are sent, so that 150,000 of them take no memory here.
 */
function serveWorld(world: World) {
  const resources: Readonly<Record<string, Resource>> = {
    '/api/v1/pods': { ...meta, count: world.pods, object: index => podObject(podAt(index, world), index + 1) },
    '/api/v1/nodes': { ...meta, count: world.nodes, object: nodeObject },
    '/apis/versprei.versprei.io/v1beta1/poddistributors': {
      apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', listKind: 'PodDistributorList',
      count: world.distributors, object: distributorObject,
    },
  }
  /** Whole pods where the answer is to be more than metadata; those of one namespace; none that carry no label of ours. */
  const find = (pathname: string, query: URLSearchParams, isWhole: boolean): Resource | undefined => {
    const found = resources[pathname]
    const namespace = /^\/api\/v1\/namespaces\/([^/]+)\/pods$/.exec(pathname)?.[1]
    if (namespace === undefined && pathname !== '/api/v1/pods') return found
    const shape = isWhole ? { apiVersion: 'v1', kind: 'Pod', listKind: 'PodList' } : meta
    if (query.get('labelSelector')?.startsWith('!') === true) return { ...shape, count: 0, object: () => '' }
    const write = isWhole ? podWhole : podObject
    const pods = namespace === undefined ? { count: world.pods, at: (index: number) => podAt(index, world) } : podsIn(namespace, world)
    return { ...shape, count: pods.count, object: index => write(pods.at(index), index + 1) }
  }
  const podWatches = new Map<ServerResponse, typeof podObject>()
  let version = firstVersion

  const watch = ({ apiVersion, kind }: Resource, response: ServerResponse): void => {
    const timer = setInterval(() => {
      const object = { apiVersion, kind, metadata: { resourceVersion: String(version), creationTimestamp: null } }
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
    }, bookmarkEvery)
    response.on('close', () => clearInterval(timer))
    response.flushHeaders()
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://fake')
    const write = written.find(({ method, path }) => request.method === method && path.test(pathname))
    if (write !== undefined) {
      version += 1
      const metadata = { resourceVersion: String(version) }
      request.resume().on('end', () => response.writeHead(write.status, { 'content-type': 'application/json' }).end(JSON.stringify({ metadata })))
      return
    }
    const isWhole = request.headers.accept?.includes('as=PartialObjectMetadata') !== true
    const resource = find(pathname, searchParams, isWhole)
    if (resource === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"kind":"Status","apiVersion":"v1","status":"Failure","code":404}')
      return
    }
    response.setHeader('content-type', 'application/json')
    if (!searchParams.has('watch')) {
      response.end(page(resource, Number(searchParams.get('continue') ?? 0), Number(searchParams.get('limit') ?? 500)))
      return
    }
    if (pathname === '/api/v1/pods') {
      podWatches.set(response, isWhole ? podWhole : podObject)
      response.on('close', () => podWatches.delete(response))
    }
    watch(resource, response)
  }
  const tell = ({ type, pods }: WatchMessage): void => {
    const first = version + 1
    version += pods.length
    for (const [response, writePod] of podWatches) {
      response.write(pods.map((pod, index) => `{"type":"${type}","object":${writePod(pod, first + index)}}\n`).join(''))
    }
  }
  return { answer, tell }
}

function page({ apiVersion, listKind, count, object }: Resource, from: number, limit: number): string {
  const to = Math.min(count, from + limit)
  const items = Array.from({ length: to - from }, (_, index) => object(from + index))
  const metadata = { resourceVersion: String(firstVersion), ...(to < count ? { continue: String(to) } : {}) }
  return `{"kind":"${listKind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[${items.join(',')}]}\n`
}

const [certificates, shape] = process.argv.slice(2)
const { answer, tell } = serveWorld(JSON.parse(shape ?? '{}'))
const server = createServer({
  cert: readFileSync(`${certificates}/tls.crt`), key: readFileSync(`${certificates}/tls.key`), keepAliveTimeout: 120_000,
}, answer)
process.on('message', (message: WatchMessage) => tell(message))
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' ? address?.port : undefined)
})
