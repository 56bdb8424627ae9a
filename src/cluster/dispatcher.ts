import { createHash } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'

/** How the API server is reached: what TLS needs, and a proxy if there is one (http, https, socks5). */
export interface Transport {
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'rejectUnauthorized' | 'servername'>
  readonly proxy?: string
}

/** Sockets to the API server at most; every watch holds one for minutes. */
const connections = 32

/**
 * HTTP/1.1: one socket a watch, so that a stuck one can be torn down without the others. Sockets send TCP keep-alives after 30 s, as
 * client-go does; undici's own time-outs are off, because a quiet watch is not a dead one (requests carry theirs).
 */
function createDispatcher({ tls, proxy }: Transport): Dispatcher {
  const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000 }
  const pool = { connections, allowH2: false, keepAliveTimeout: 20_000, headersTimeout: 0, bodyTimeout: 0 }
  if (proxy === undefined) return new Agent({ ...pool, connect })
  return new ProxyAgent({ ...pool, uri: proxy.replace(/^socks5h:/, 'socks5:'), requestTls: connect })
}

function fingerprint(transport: Transport): string {
  return createHash('sha256').update(JSON.stringify(transport)).digest('base64')
}

export interface Dispatchers {
  /** The one dispatcher for this transport. When certificates have changed it is a new one, and the old one ends with its last request. */
  use(transport: Transport): Dispatcher
  /** Ends every connection, requests under way included. */
  close(): Promise<void>
}

export function createDispatchers(): Dispatchers {
  const live = new Set<Dispatcher>()
  let current: { readonly key: string, readonly dispatcher: Dispatcher } | undefined
  const retire = (old: Dispatcher) => {
    old.close().catch(() => old.destroy()).finally(() => live.delete(old)).catch(() => {})
  }
  return {
    use: transport => {
      const key = fingerprint(transport)
      if (current?.key === key) return current.dispatcher
      if (current !== undefined) retire(current.dispatcher)
      current = { key, dispatcher: createDispatcher(transport) }
      live.add(current.dispatcher)
      return current.dispatcher
    },
    close: async () => {
      const all = [...live]
      live.clear()
      current = undefined
      await Promise.allSettled(all.map(dispatcher => dispatcher.destroy()))
    }
  }
}
