import { X509Certificate } from 'node:crypto'
import { leadsTo, parseCertificates } from '../certificates/chain.ts'

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** A bundle of more is a sign of replicas that come and go with an authority of their own each; the oldest have gone. */
const most = 8

/** The certificates of a PEM text, one text each, as OpenSSL and Go write them: two that are the same are the same text. */
export function certificatesIn(pem: string): readonly string[] {
  return (pem.match(block) ?? []).map(text => {
    try {
      return new X509Certificate(text).toString().trim()
    } catch {
      return text
    }
  })
}

/** The certificates of a caBundle, in base64; undefined where there is none, and the API server goes by the roots of its machine. */
export function certificatesOf(caBundle: unknown): readonly string[] | undefined {
  return typeof caBundle === 'string' && caBundle !== '' ? certificatesIn(Buffer.from(caBundle, 'base64').toString()) : undefined
}

function hasEnded(certificate: string, now: Date): boolean {
  try {
    return new X509Certificate(certificate).validToDate < now
  } catch {
    // What is no certificate vouches for nobody, and the API server refuses a bundle that holds it.
    return true
  }
}

/** Whether a caBundle, in base64, holds every authority of a PEM text. */
export function holdsAuthority(caBundle: unknown, authority: string): boolean {
  if (typeof caBundle !== 'string') return false
  const present = Buffer.from(caBundle, 'base64').toString()
  const own = certificatesIn(authority)
  return own.length === 0 ? present === authority : own.every(certificate => certificatesIn(present).includes(certificate))
}

/**
 * The authorities that a caBundle, in base64, should hold, in PEM: ours, then those of other replicas, or of ours before, that have not
 * ended. While one Versprei takes the place of another, the API server trusts both. A bundle that holds these alone stays as it is, in
 * whatever order: two that write it would otherwise take turns for ever.
 *
 * @param dropped those that nobody serves by any more, in PEM
 */
export function uniteAuthorities(caBundle: unknown, authority: string, now: Date, dropped: readonly string[] = []): string {
  const own = certificatesIn(authority)
  const present = certificatesOf(caBundle) ?? []
  const others = present.filter(certificate => !own.includes(certificate) && !dropped.includes(certificate) && !hasEnded(certificate, now))
  if (own.length === 0) return authority
  const wanted = [...own, ...others].slice(0, Math.max(most, own.length))
  const isAsWanted = present.length === wanted.length && wanted.every(certificate => present.includes(certificate))
  if (isAsWanted) return Buffer.from(String(caBundle), 'base64').toString()
  return others.length === 0 ? authority : wanted.map(certificate => `${certificate}\n`).join('')
}

/**
 * Those of `authorities`, one PEM text each, by which a client would find a chain of signatures for the certificate; the rest is of no use
 * to it.
 */
export function vouchersOf(authorities: readonly string[], certificate: string): readonly string[] {
  const [leaf, ...intermediates] = parseCertificates(certificate, 'the certificate that is served')
  return authorities.filter(authority => {
    try {
      return leadsTo([new X509Certificate(authority)], leaf, intermediates)
    } catch {
      return false
    }
  })
}
