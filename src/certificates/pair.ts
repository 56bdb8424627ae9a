import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { leadsTo, parseCertificates } from './chain.ts'
import { canonicalAddress } from './hosts.ts'
import type { Life } from './life.ts'

/** What a folder holds, by the names a `kubernetes.io/tls` Secret of cert-manager has. */
export const fileNames = { authority: 'ca.crt', certificate: 'tls.crt', key: 'tls.key' } as const

/** The authority's key. A folder with it is ours to renew; without it, someone else renews and we only read. */
export const authorityKey = 'ca.key'

/** The key of the authority that is to take the place of the present one; its certificate is in ca.crt beside that one's. */
export const nextAuthorityKey = 'ca-next.key'

/** A server's certificate and key that belong together. */
export interface CertificatePair extends Life {
  /** PEM: the leaf, then intermediates if any. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  /** PEM of who signed it, what a webhook's `caBundle` holds; undefined when the folder has no `ca.crt`, and then nobody here knows. */
  readonly ca: string | undefined
  /** SHA-256 of the leaf, in hexadecimal with colons, as OpenSSL prints it. */
  readonly fingerprint: string
  /** DNS names and IP addresses the leaf is good for, IPv6 in its short form. */
  readonly names: readonly string[]
}

/** The code of a failure of the system (`EACCES`), or else the failure in words. */
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : String(error))

/** The text of a file; undefined when there is none. Any other failure to read it is an Error that names it. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT') return undefined
    throw new Error(`${file}: cannot be read (${code})`, { cause })
  }
}

const entry = /(DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g

/** The DNS names and IP addresses of a certificate, the latter in canonical form. */
export const namesOf = (certificate: X509Certificate): readonly string[] =>
  [...(certificate.subjectAltName ?? '').matchAll(entry)].map(([, kind, name = '']) =>
    kind === 'DNS' ? name : canonicalAddress(name)
  )

/** The private key in a PEM text. Throws an Error that names the file. */
export function parseKey(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw new Error(`${file}: is not a whole, unencrypted PEM private key`, { cause })
  }
}

/** What a pair is read from; undefined: it is not there. */
export interface PairTexts {
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly authority: string | undefined
}

/**
 * Reads `tls.crt`, `tls.key` and, if it is there, `ca.crt`. Keys may be RSA or elliptic. Throws an Error that names the file and says why:
 * missing, unreadable, cut off, a key that is not the certificate's, an authority that did not sign it. Dates are not judged here.
 */
export async function readPair(folder: string): Promise<CertificatePair> {
  const [cert, key, authority] = await Promise.all([
    readIfThere(join(folder, fileNames.certificate)),
    readIfThere(join(folder, fileNames.key)),
    readIfThere(join(folder, fileNames.authority))
  ])
  return parsePair({ cert, key, authority }, folder)
}

/** As {@link readPair}, of texts that were read already; `where` is the folder that an Error names. */
export function parsePair({ cert, key, authority }: PairTexts, where: string): CertificatePair {
  const fileOf = (kind: keyof typeof fileNames) => join(where, fileNames[kind])
  const [certificateFile, keyFile, file] = [fileOf('certificate'), fileOf('key'), fileOf('authority')]
  if (cert === undefined) throw new Error(`${certificateFile}: is missing`)
  if (key === undefined) throw new Error(`${keyFile}: is missing`)
  // cert-manager leaves ca.crt empty for issuers that do not tell (ACME).
  const ca = authority?.trim() === '' ? undefined : authority
  const [leaf, ...intermediates] = parseCertificates(cert, certificateFile)
  if (!leaf.checkPrivateKey(parseKey(key, keyFile))) {
    throw new Error(`${keyFile}: does not belong to the certificate in ${fileNames.certificate}`)
  }
  // Also what a read across a renewal looks like: the old authority beside the new leaf. A caBundle that does not fit would cut us off.
  if (ca !== undefined && !leadsTo(parseCertificates(ca, file), leaf, intermediates)) {
    throw new Error(`${file}: did not sign the certificate in ${fileNames.certificate}`)
  }
  const { fingerprint256: fingerprint, validFromDate: notBefore, validToDate: notAfter } = leaf
  return { cert, key, ca, fingerprint, notBefore, notAfter, names: namesOf(leaf) }
}
