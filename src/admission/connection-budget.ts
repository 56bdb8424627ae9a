import type { Server as HttpServer } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { createRefusalLog } from './refusal-log.ts'

/**
 * Connections that are open at once. An API server keeps 25, and opens some 500 in a burst of a thousand pods; each costs about 60 KiB,
 * and a container has 512 MiB.
 */
export const connectionBudget = 2000

/** The same on the port for other replicas, each of which keeps eight at most, and on that for metrics and probes: 30 MiB each. */
export const sideConnectionBudget = 500

export interface SideOptions {
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
}

/** By the address and port of its other end: of those that are open, no two have the same. */
const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/**
 * Closes a connection for each that comes when `budget` are open: of those on which nothing was ever asked the oldest, and where there are
 * none that on which nothing was asked for longest. Whoever opens many and keeps them then loses them, and the API server is answered.
 *
 * @param onClosed called after each
 */
export function boundConnections(
  server: Pick<Server, 'on'> | Pick<HttpServer, 'on'>, onClosed: (socket: Socket) => void, budget = connectionBudget,
): void {
  const silent = new Map<string, Socket>()
  const asked = new Map<string, Socket>()
  const keys = new WeakMap<Socket, string>()
  const closeOne = (): void => {
    const [oldest] = silent.size > 1 ? silent : asked
    if (oldest === undefined) return
    const [key, socket] = oldest
    silent.delete(key)
    asked.delete(key)
    socket.destroy()
    onClosed(socket)
  }
  server.on('connection', socket => {
    const key = keyOf(socket)
    silent.set(key, socket)
    keys.set(socket, key)
    socket.once('close', () => {
      silent.delete(key)
      asked.delete(key)
    })
    if (silent.size + asked.size > budget) closeOne()
  })
  // Of the same connection another object: what is asked comes on this one.
  server.on('secureConnection', socket => {
    const key = keyOf(socket)
    keys.set(socket, key)
    if (silent.has(key)) silent.set(key, socket)
  })
  server.on('request', ({ socket }) => {
    const key = keys.get(socket)
    if (key === undefined) return
    silent.delete(key)
    asked.delete(key)
    if (!socket.destroyed) asked.set(key, socket)
  })
}

/** As {@link boundConnections}, with what a port beside the API server's has; what is closed is logged, once a minute at most. */
export function boundSideConnections(server: Parameters<typeof boundConnections>[0], port: string, { log, elapsed }: SideOptions): void {
  const message = `closed connections to the port for ${port}: ${sideConnectionBudget} are open at once, and more came`
  const tell = createRefusalLog(log, elapsed, message)
  boundConnections(server, ({ remoteAddress: address }) => tell({ address }), sideConnectionBudget)
}
