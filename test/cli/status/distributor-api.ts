import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Test } from 'tap'
import { writeKubeconfig } from '../api-server.ts'

interface Stored { readonly metadata: { readonly namespace: string, readonly name: string, readonly resourceVersion: string } }

/** A loopback API server that has PodDistributors, and nothing else: it lists and watches them. */
export interface DistributorApi {
  readonly kubeconfig: string
  readonly put: (object: { readonly metadata: { readonly namespace: string, readonly name: string } }) => void
  readonly remove: (namespace: string, name: string) => void
  /** From now on it answers no request, and every watch is cut. */
  readonly leave: () => void
  readonly comeBack: () => void
  /** Lists of this namespace are refused so. */
  readonly refuse: (namespace: string, code: number, reason: string) => void
  readonly watches: () => number
}

const path = /^\/apis\/versprei\.versprei\.io\/v1beta1\/(?:namespaces\/(?<namespace>[^/]+)\/)?poddistributors$/u

export const startDistributorApi = async (t: Test): Promise<DistributorApi> => {
  const stored = new Map<string, Stored>()
  const watches = new Map<ServerResponse, string | undefined>()
  const refused = new Map<string | undefined, { readonly code: number, readonly reason: string }>()
  let [version, isAway] = [1, false]
  const isIn = (namespace: string | undefined, one: Stored): boolean => namespace === undefined || one.metadata.namespace === namespace
  const send = (type: string, object: Stored): void => {
    for (const [response, namespace] of watches) if (isIn(namespace, object)) response.write(`${JSON.stringify({ type, object })}\n`)
  }
  const fail = (response: ServerResponse, code: number, reason: string): void => {
    response.statusCode = code
    response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message: `no: ${reason}` }))
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback')
    const { groups = {} } = path.exec(pathname) ?? {}
    const namespace = groups['namespace']
    if (isAway) return void response.socket?.destroy()
    if (pathname === '/version') return void response.end('{"gitVersion":"v1.36.3"}')
    const no = refused.get(namespace)
    if (!path.test(pathname) || no !== undefined) return fail(response, no?.code ?? 404, no?.reason ?? 'NotFound')
    response.setHeader('content-type', 'application/json')
    if (searchParams.has('watch')) {
      // It remembers no events: whoever has missed one has to list again.
      if (Number(searchParams.get('resourceVersion')) < version) return fail(response, 410, 'Expired')
      watches.set(response, namespace)
      response.on('close', () => watches.delete(response))
      return response.flushHeaders()
    }
    const items = [...stored.values()].filter(one => isIn(namespace, one))
    return void response.end(JSON.stringify({ kind: 'List', metadata: { resourceVersion: `${version}` }, items }))
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const kubeconfig = await writeKubeconfig(join(t.testdir({}), 'kubeconfig'), typeof address === 'object' && address !== null ? address.port : 0)
  return {
    kubeconfig,
    put(object) {
      const key = `${object.metadata.namespace}/${object.metadata.name}`
      version += 1
      const next = { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } }
      send(stored.has(key) ? 'MODIFIED' : 'ADDED', next)
      stored.set(key, next)
    },
    remove(namespace, name) {
      const one = stored.get(`${namespace}/${name}`)
      version += 1
      if (one !== undefined) send('DELETED', { ...one, metadata: { ...one.metadata, resourceVersion: `${version}` } })
      stored.delete(`${namespace}/${name}`)
    },
    leave() {
      isAway = true
      server.closeAllConnections()
    },
    comeBack() { isAway = false },
    refuse: (namespace, code, reason) => void refused.set(namespace, { code, reason }),
    watches: () => watches.size,
  }
}
