import type { X509Certificate } from 'node:crypto'

/** What the certificates of a folder are for. */
export interface Purpose {
  /** The common name of the authority that is made for it. */
  readonly authorityName: string
  /** Object identifiers of the extended key usages that its leaves have. */
  readonly usages: readonly string[]
}

/** RFC 5280, 4.2.1.12: id-kp-serverAuth and id-kp-clientAuth. */
export const serverAuth = '1.3.6.1.5.5.7.3.1'
export const clientAuth = '1.3.6.1.5.5.7.3.2'

/** For the server that the API server calls. */
export const serving: Purpose = { authorityName: 'Versprei', usages: [serverAuth] }

/** Whether the certificate has every extended key usage of the purpose; what signed it is not looked at. */
export function isFor({ usages }: Pick<Purpose, 'usages'>, certificate: X509Certificate): boolean {
  // Undefined, whatever its type says, when a certificate has none: then it may be used for anything, and says nothing of us.
  const has: readonly string[] | undefined = certificate.keyUsage
  return has !== undefined && usages.every(usage => has.includes(usage))
}
