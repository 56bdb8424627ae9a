import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Test } from 'tap'
import { writeKubeconfig } from '../api-server.ts'

interface Given {
  readonly metadata: { readonly name: string, readonly namespace?: string, readonly uid: string }
}

/** A loopback API server with lists of whatever is put there, and watches of them. */
export interface WatchedApi {
  readonly kubeconfig: string
  /** Adds or changes an object of the list at this path. */
  readonly put: (path: string, object: Given) => void
  readonly remove: (path: string, uid: string) => void
  /** From now on the list at this path is refused. */
  readonly refuse: (path: string) => void
  /** From now on it answers no request, and every watch is cut. */
  readonly leave: () => void
  readonly comeBack: () => void
  /** How many watch. */
  readonly watches: () => number
  /** What was asked for that is no watch. */
  readonly asked: readonly string[]
}

const empty = ['/api/v1/pods', '/api/v1/nodes', '/apis/apps/v1/deployments', '/apis/apps/v1/replicasets', '/apis/policy/v1/poddisruptionbudgets']

export const startWatchedApi = async (t: Test): Promise<WatchedApi> => {
  const lists = new Map(empty.map(path => [path, new Map<string, Given>()]))
  const watches = new Map<ServerResponse, string>()
  const refused = new Set<string>()
  const asked: string[] = []
  let [version, isAway] = [1, false]
  const send = (path: string, type: string, object: Given): void => {
    version += 1
    const told = { type, object: { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } } }
    for (const [response, watched] of watches) if (watched === path) response.write(`${JSON.stringify(told)}\n`)
  }
  const fail = (response: ServerResponse, code: number, reason: string): void => {
    response.statusCode = code
    response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message: `no: ${reason}` }))
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback')
    if (isAway) return void response.socket?.destroy()
    if (!searchParams.has('watch')) asked.push(pathname)
    if (pathname === '/version') return void response.end('{"gitVersion":"v1.36.3"}')
    if (refused.has(pathname)) return fail(response, 403, 'Forbidden')
    const list = lists.get(pathname)
    if (list === undefined) return fail(response, 404, 'NotFound')
    response.setHeader('content-type', 'application/json')
    if (!searchParams.has('watch')) return void response.end(JSON.stringify({ metadata: { resourceVersion: `${version}` }, items: [...list.values()] }))
    // It remembers no events: whoever has missed one has to list again.
    if (Number(searchParams.get('resourceVersion')) < version) return fail(response, 410, 'Expired')
    watches.set(response, pathname)
    response.on('close', () => watches.delete(response))
    return response.flushHeaders()
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return {
    kubeconfig: await writeKubeconfig(join(t.testdir({}), 'kubeconfig'), typeof address === 'object' && address !== null ? address.port : 0),
    put(path, object) {
      const list = lists.get(path)
      send(path, list?.has(object.metadata.uid) === true ? 'MODIFIED' : 'ADDED', object)
      list?.set(object.metadata.uid, object)
    },
    remove(path, uid) {
      const object = lists.get(path)?.get(uid)
      lists.get(path)?.delete(uid)
      if (object !== undefined) send(path, 'DELETED', object)
    },
    refuse: path => void refused.add(path),
    leave() {
      isAway = true
      server.closeAllConnections()
    },
    comeBack() { isAway = false },
    watches: () => watches.size,
    asked,
  }
}

const meta = (name: string, owner?: object) =>
  ({ name, namespace: 'shop', uid: name, ...(owner !== undefined && { ownerReferences: [{ ...owner, controller: true }] }) })

/** Two nodes, and a Deployment of two pods which stand on these. */
export const putShop = ({ put }: WatchedApi, nodes: readonly [string, string] = ['node-a', 'node-b']): void => {
  for (const name of ['node-a', 'node-b']) {
    put('/api/v1/nodes', { metadata: { name, uid: name }, status: { conditions: [{ type: 'Ready', status: 'True' }], allocatable: { cpu: '4' } } } as Given)
  }
  put('/apis/apps/v1/deployments', { metadata: meta('web'), spec: { replicas: 2 } } as Given)
  put('/apis/apps/v1/replicasets', { metadata: meta('web-1', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'web' }) })
  for (const [index, node] of nodes.entries()) putPod({ put }, `web-1-${'xy'[index]}`, node)
}

/** A pod of that Deployment that runs on this node. */
export const putPod = ({ put }: Pick<WatchedApi, 'put'>, name: string, node: string): void => {
  put('/api/v1/pods', {
    metadata: meta(name, { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'web-1' }),
    spec: { nodeName: node, containers: [] }, status: { phase: 'Running' },
  } as Given)
}
