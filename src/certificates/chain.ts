import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g
const opening = /-----BEGIN /g

/**
 * The certificates of a PEM text, in order: at least one. `file` is for the message. Throws an Error that names the file when there is
 * none, when one is cut off, or when one cannot be read: a file that is being written looks like each of these in turn.
 */
export function parseCertificates(text: string, file: string): readonly [X509Certificate, ...X509Certificate[]] {
  const blocks = text.match(block) ?? []
  if (blocks.length !== (text.match(opening) ?? []).length) {
    throw new Error(`${file}: a PEM block is cut off or is not a certificate; wanted are whole CERTIFICATE blocks alone`)
  }
  const [first, ...rest] = blocks.map((pem, index) => {
    try {
      return new X509Certificate(pem)
    } catch (cause) {
      throw new Error(`${file}: certificate ${index + 1} of ${blocks.length} cannot be read`, { cause })
    }
  })
  if (first === undefined) throw new Error(`${file}: holds no certificate`)
  return [first, ...rest]
}

const issued = (issuer: X509Certificate, subject: X509Certificate): boolean =>
  subject.checkIssued(issuer) && subject.verify(issuer.publicKey)

/**
 * Whether a client that trusts `authorities` has a chain of signatures from the leaf to one of them. Dates are not looked at: an
 * expired certificate is another trouble than a wrong one.
 */
export function leadsTo(
  authorities: readonly X509Certificate[],
  leaf: X509Certificate,
  intermediates: readonly X509Certificate[]
): boolean {
  if (authorities.some(authority => authority.fingerprint256 === leaf.fingerprint256 || issued(authority, leaf))) return true
  return intermediates.some((next, index) => issued(next, leaf) && leadsTo(authorities, next, intermediates.toSpliced(index, 1)))
}
