import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { distributorObject, nodeObject, podAt, podObject, type PlacedPod, type World } from './world.ts'

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

/**
 * Answers as the API server does what Versprei asks at its start: lists in pages, and watches with bookmarks, which show the pods
 * that it is told of. The objects are recorded ones, made when they are sent, so that 150,000 of them take no memory here.
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
  const podWatches = new Set<ServerResponse>()
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
    const resource = resources[pathname]
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
      podWatches.add(response)
      response.on('close', () => podWatches.delete(response))
    }
    watch(resource, response)
  }
  const tell = ({ type, pods }: WatchMessage): void => {
    const lines = pods.map(pod => {
      version += 1
      return `{"type":"${type}","object":${podObject(pod, version)}}\n`
    }).join('')
    for (const response of podWatches) response.write(lines)
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
