import { X509Certificate } from 'node:crypto'
import { leadsTo, parseCertificates } from '../../certificates/chain.ts'
import { namesOf } from '../../certificates/pair.ts'
import { asMap } from '../../placement/is-map.ts'
import { messageOf } from '../message-of.ts'

/** A certificate that was seen, and whether the API server would trust it. */
export interface Seen {
  readonly at: string
  /** Why not; undefined: it would. */
  readonly fault: string | undefined
  readonly names: readonly string[]
  readonly notAfter: Date
}

/** Who was asked, and did not answer. */
export interface Unseen {
  readonly at: string
  readonly unreached: string
}

export type Evidence = Seen | Unseen

export function isSeen(evidence: Evidence): evidence is Seen {
  return 'names' in evidence
}

/** Whether it was seen, and the API server would trust it. */
export function isTrusted(evidence: Evidence): boolean {
  return isSeen(evidence) && evidence.fault === undefined
}

/** Where a certificate is to be seen by TLS. */
export interface Place {
  readonly host: string
  readonly port: number
  /** The name that the API server asks for, and wants to see in the certificate. */
  readonly servername: string
}

/**
 * What is known of a certificate that lies in a Secret, and is not seen served. `bundle`: PEM, what the API server trusts; undefined: that
 * is not known, and not judged. Throws an Error where the Secret holds none, or the bundle is none.
 */
export function inSecret(
  secret: unknown, name: string, { bundle, servername }: { readonly bundle: string | undefined, readonly servername: string },
): Seen {
  const held = asMap(asMap(secret)['data'])['tls.crt']
  const text = typeof held === 'string' ? Buffer.from(held, 'base64').toString() : ''
  const [leaf, ...intermediates] = parseCertificates(text, `${name}: tls.crt`)
  const seen = { at: name, names: namesOf(leaf), notAfter: leaf.validToDate }
  const isSigned = bundle === undefined || leadsTo(parseCertificates(bundle, 'the caBundle'), leaf, intermediates)
  if (!isSigned) return { ...seen, fault: unsigned }
  return { ...seen, fault: leaf.checkHost(servername) === undefined ? `it is not for ${servername}` : undefined }
}

/** Of what OpenSSL calls the fault of a certificate, in our words. */
export function tellFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
  return faults[code] ?? code
}

const unsigned = 'the caBundle holds nobody who signed it'

const faults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unsigned,
  SELF_SIGNED_CERT_IN_CHAIN: unsigned,
  UNABLE_TO_GET_ISSUER_CERT: unsigned,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unsigned,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unsigned,
  CERT_SIGNATURE_FAILURE: unsigned,
  CERT_HAS_EXPIRED: 'it has ended',
  CERT_NOT_YET_VALID: 'it has not begun',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
}

/** Whether a PEM text is one or more whole certificates. */
export function isBundle(pem: string): boolean {
  try {
    return parseCertificates(pem, 'the caBundle').every(one => one instanceof X509Certificate)
  } catch {
    return false
  }
}
