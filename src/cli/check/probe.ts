import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { namesOf } from '../../certificates/pair.ts'
import { messageOf } from '../message-of.ts'
import { tellFault, type Evidence, type Place } from './evidence.ts'

/**
 * Shakes hands as the API server would, and sends nothing: what is served there, and whether `bundle` (PEM) vouches for it; undefined: this
 * machine's own authorities. At most `patience` milliseconds.
 */
export async function probe({ host, port, servername }: Place, bundle: string | undefined, patience: number): Promise<Evidence> {
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const { promise, resolve, reject } = Promise.withResolvers<Evidence>()
  let socket: TLSSocket | undefined
  const late = setTimeout(() => reject(new Error(`no handshake within ${patience / 1000} s`)), patience)
  try {
    socket = connect({
      host, port, servername: isIP(servername) === 0 ? servername : '', ALPNProtocols: ['http/1.1'],
      // Judged below: what is served is told even where it is not trusted.
      rejectUnauthorized: false,
      // As Go does, which trusts each certificate of the bundle, and not only those that signed themselves.
      allowPartialTrustChain: true,
      ...(bundle !== undefined && { ca: bundle }),
    }, () => {
      const leaf = socket?.getPeerX509Certificate()
      if (leaf === undefined) return reject(new Error('it showed no certificate'))
      const fault = socket?.authorized === true ? undefined : tellFault(socket?.authorizationError)
      return resolve({ at, fault, names: namesOf(leaf), notAfter: leaf.validToDate })
    }).on('error', reject)
    return await promise
  } catch (error) {
    return { at, unreached: messageOf(error) }
  } finally {
    clearTimeout(late)
    socket?.destroy()
  }
}
