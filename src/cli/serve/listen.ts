import { isIPv6 } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { messageOf } from '../message-of.ts'

interface Listener extends Pick<FastifyInstance, 'server' | 'initialConfig'> {
  readonly listen: (options: { readonly host: string, readonly port: number }) => Promise<string>
}

/** Listens, and returns the URL without a path by which this machine reaches it. Throws one line that names the address. */
export async function listen(app: Listener, host: string, port: number): Promise<string> {
  try {
    // For `localhost` Fastify would open a second listener, which a new certificate never reaches.
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // A machine without IPv6: every address is then every IPv4 address.
    if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) return listen(app, '0.0.0.0', port)
    throw new Error(`cannot listen on ${host} port ${port}: ${messageOf(error)}`, { cause: error })
  }
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error(`listening on ${host} port ${port}, but without an address`)
  const scheme = app.initialConfig.https === undefined ? 'http' : 'https'
  return `${scheme}://${reachable(host)}:${address.port}`
}

function reachable(host: string): string {
  if (host === '::' || host === '0.0.0.0') return 'localhost'
  return isIPv6(host) ? `[${host}]` : host
}
