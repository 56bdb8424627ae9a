import { X509Certificate } from 'node:crypto'
import type { Transport } from './dispatcher.ts'

/**
 * That the certificate which a client showed had ended, where that is why it was refused: the API server says no more than Unauthorized.
 *
 * @param at when it was refused, by the API server's clock: that is the one that counts. Milliseconds since 1970.
 */
export function endedCertificate({ cert }: Transport['tls'], at: number | undefined): string | undefined {
  const [first] = Array.isArray(cert) ? cert : [cert]
  if (first === undefined || at === undefined) return undefined
  try {
    const end = new X509Certificate(first).validToDate
    return end.getTime() < at ? `the client certificate ended on ${end.toISOString().slice(0, 10)}; get a new one` : undefined
  } catch {
    // What is no certificate was told by TLS.
    return undefined
  }
}
