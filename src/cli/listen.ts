import { isIPv6 } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Listens, and returns the URL without a path by which this machine reaches it. Throws one line that names the address. */
export async function listen(app: Pick<FastifyInstance, 'listen' | 'server' | 'initialConfig'>, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // A machine without IPv6: every address is then every IPv4 address.
    if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) return listen(app, '0.0.0.0', port)
    throw new Error(`cannot listen on ${host} port ${port}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
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
