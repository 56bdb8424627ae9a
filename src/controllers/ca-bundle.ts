import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** A bundle of more is a sign of replicas that come and go with an authority of their own each; the oldest have gone. */
const most = 8

/** The certificates of a PEM text, one text each. */
function certificatesIn(pem: string): readonly string[] {
  return pem.match(block) ?? []
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
 * ended. While one Versprei takes the place of another, the API server trusts both.
 */
export function uniteAuthorities(caBundle: unknown, authority: string, now: Date): string {
  const own = certificatesIn(authority)
  const present = typeof caBundle === 'string' ? certificatesIn(Buffer.from(caBundle, 'base64').toString()) : []
  const others = present.filter(certificate => !own.includes(certificate) && !hasEnded(certificate, now))
  if (own.length === 0 || others.length === 0) return authority
  return [...own, ...others].slice(0, Math.max(most, own.length)).map(certificate => `${certificate}\n`).join('')
}
