import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import { readApi, requestApi, waitFor } from './cluster.ts'
import { canRestartApiServer } from './restart-api-server.ts'

interface Service {
  readonly spec: { readonly clusterIP: string, readonly ports: readonly { readonly name: string, readonly port: number }[] }
}

interface Slices {
  readonly items: readonly {
    /** Null where there are none. */
    readonly ports: readonly { readonly name: string, readonly port: number }[] | null
    readonly endpoints: readonly { readonly addresses: readonly string[], readonly conditions: { readonly ready?: boolean } }[] | null
  }[]
}

export interface ServiceProxy {
  /** The endpoints that new connections go to, HOST:PORT each. @throws when it has come to an end by a failure */
  readonly endpoints: () => readonly string[]
}

/** Milliseconds: kube-proxy is told by a watch, this one looks. */
const every = 100

/** Why no process can stand behind a Service of this cluster, on a loopback address and at the port of the webhook; undefined: one can. */
async function whyNoServices(): Promise<string | undefined> {
  const service = await readApi<Service>('/api/v1/namespaces/default/services/kubernetes')
  const { clusterIP } = service?.spec ?? {}
  if (clusterIP?.startsWith('127.') !== true) return `Services of this cluster have addresses like ${clusterIP}, and not of loopback`
  const server = createServer()
  const failure = await new Promise<Error | undefined>(resolve => {
    server.once('error', resolve).listen(443, clusterIP, () => { resolve(undefined) })
  })
  if (failure !== undefined) {
    return `${failure.message}: it takes root, or sysctl net.ipv4.ip_unprivileged_port_start=443, and nothing else on that port of every address`
  }
  await new Promise(resolve => { server.close(resolve) })
  return undefined
}

/**
 * Whether a process can stand behind a Service. Where none can the test is skipped; but on a control plane of our own it fails, for
 * nobody else tries what it is about, and to skip it would be to say that it was tried.
 */
export async function canPlayServices(t: Pick<Test, 'fail' | 'pass'>): Promise<boolean> {
  const missing = await whyNoServices()
  if (missing === undefined) return true
  if (await canRestartApiServer()) t.fail(missing)
  else t.pass('by Services', { skip: missing })
  return false
}

/**
 * Plays kube-proxy for one Service: what connects to its cluster IP is passed on to its ready endpoints in turns, as the API server's own
 * controllers list them. Connections that are there stay where they are; when the Service is gone there are no new ones.
 */
export async function startServiceProxy(
  t: Pick<Test, 'teardown'>, namespace: string, name: string, addressOf: (podIp: string) => string,
): Promise<ServiceProxy> {
  const path = `/api/v1/namespaces/${namespace}/services/${name}`
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D${name}`
  const ending = new AbortController()
  const sockets = new Set<Socket>()
  let endpoints: readonly { readonly host: string, readonly port: number }[] = []
  let turn = 0

  const pass = (client: Socket): void => {
    turn += 1
    const target = endpoints[turn % Math.max(1, endpoints.length)]
    const server = target === undefined ? undefined : connect({ ...target, noDelay: true })
    for (const socket of [client, server]) {
      if (socket === undefined) continue
      sockets.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => {
        sockets.delete(socket)
        client.destroySoon()
        server?.destroySoon()
      })
    }
    if (server === undefined) client.resetAndDestroy()
    else client.pipe(server).pipe(client)
  }
  const look = async (): Promise<boolean> => {
    const { items } = await requestApi<Slices>('GET', slices)
    endpoints = items.flatMap(({ ports, endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions.ready === true)
      .flatMap(({ addresses }) => addresses.flatMap(ip => (ports ?? []).map(({ port }) => ({ host: addressOf(ip), port })))))
    return await readApi<Service>(path) !== undefined
  }
  const serve = async (): Promise<void> => {
    const patience = { signal: ending.signal, interval: every }
    const { spec: { clusterIP, ports } } = await waitFor(`Service ${name}`, () => readApi<Service>(path), patience)
    const servers = await Promise.all(ports.map(async ({ port }): Promise<Server> => {
      const server = createServer({ noDelay: true }, pass).listen(port, clusterIP)
      await once(server, 'listening')
      return server
    }))
    while (!ending.signal.aborted && await look()) await setTimeout(every, undefined, { signal: ending.signal }).catch(() => undefined)
    for (const server of servers) server.close()
  }
  let failure: unknown
  const serving = serve().catch((error: unknown) => { failure = error })
  t.teardown(async () => {
    ending.abort()
    await serving
    for (const socket of sockets) socket.destroy()
  })
  return {
    endpoints() {
      if (failure !== undefined) throw new Error(`nothing is passed on to Service ${name} any more`, { cause: failure })
      return endpoints.map(({ host, port }) => `${host}:${port}`)
    },
  }
}
