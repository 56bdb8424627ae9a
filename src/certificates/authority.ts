import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'
import { extendedKeyUsage } from './extended-key-usage.ts'
import { requireHosts, type Host } from './hosts.ts'
import { authorityLife, clockSkew, leafLife } from './life.ts'
import { serving } from './purpose.ts'

/** A certificate and its private key, both PEM. */
export interface Signed {
  readonly certificate: string
  readonly key: string
}

export interface AuthorityOptions {
  readonly now: Date
  readonly commonName: string
  /** PEM; absent: a new one. A new certificate for the same key and name keeps every leaf and every known caBundle good. */
  readonly key?: string
}

export interface LeafOptions {
  /** DNS names and IP addresses. TLS clients look at these alone, never at the common name. */
  readonly hosts: readonly string[]
  readonly now: Date
  /** Object identifiers of its extended key usages; absent: a server's alone. */
  readonly usages?: readonly string[]
  /** PEM; absent: a new one. */
  readonly key?: string
}

const organization = { name: 'organizationName', value: 'Versprei' }

/** The subjects by which we know again what we made, as node:crypto writes them. */
export const subjectOfAuthority = (commonName: string): string => `CN=${commonName}\nO=${organization.value}`
export const subjectOfLeaf = `CN=versprei\nO=${organization.value}`

/** A new RSA key of 2048 bits, PKCS #8 PEM. Made by OpenSSL off the main thread: forge would block it for a second or more. */
export async function createKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
  })
  return privateKey
}

// 128 random bits (RFC 5280 allows 159): the first two bits are 01, so that it is positive and always 16 bytes long.
function createSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

function draft(key: forge.pki.rsa.PrivateKey, notBefore: Date, notAfter: Date): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e)
  certificate.serialNumber = createSerial()
  certificate.validity.notBefore = notBefore
  certificate.validity.notAfter = notAfter
  return certificate
}

// By key identifier alone: issuer and serial would tie a leaf to one certificate of the authority, and that is renewed before the leaf.
function authorityKeyIdentifier(authority: forge.pki.Certificate): readonly object[] {
  const extension: { readonly subjectKeyIdentifier?: string } | undefined = authority.getExtension('subjectKeyIdentifier')
  const identifier = extension?.subjectKeyIdentifier
  return identifier === undefined ? [] : [{ name: 'authorityKeyIdentifier', keyIdentifier: forge.util.hexToBytes(identifier) }]
}

const alternativeName = ({ kind, value }: Host): object => (kind === 'dns' ? { type: 2, value } : { type: 7, ip: value })

function sign(certificate: forge.pki.Certificate, signer: forge.pki.rsa.PrivateKey, key: string): Signed {
  certificate.sign(signer, forge.md.sha256.create())
  return { certificate: forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n'), key }
}

/** A self-signed authority, good from a few minutes before `now` for a year. Throws when `key` is not an RSA key. */
export async function createAuthority({ now, commonName, key: given }: AuthorityOptions): Promise<Signed> {
  const pem = given ?? (await createKey())
  const key = forge.pki.privateKeyFromPem(pem)
  const certificate = draft(key, new Date(now.getTime() - clockSkew), new Date(now.getTime() + authorityLife))
  const name = [{ name: 'commonName', value: commonName }, organization]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: certificate.generateSubjectKeyIdentifier().getBytes() }
  ])
  return sign(certificate, key, pem)
}

/**
 * A certificate for `hosts`, a server's unless `usages` say otherwise, good from a few minutes before `now` for 90 days or until its
 * authority ends, whichever is first. Throws when a host is neither a DNS name nor an IP address, or the authority or `key` is not RSA.
 */
export async function issueLeaf(authority: Signed, { hosts, now, usages = serving.usages, key: given }: LeafOptions): Promise<Signed> {
  const names = requireHosts(hosts)
  const issuer = forge.pki.certificateFromPem(authority.certificate)
  const signer = forge.pki.privateKeyFromPem(authority.key)
  const pem = given ?? (await createKey())
  const end = Math.min(now.getTime() + leafLife, issuer.validity.notAfter.getTime())
  const certificate = draft(forge.pki.privateKeyFromPem(pem), new Date(now.getTime() - clockSkew), new Date(end))
  certificate.setSubject([{ name: 'commonName', value: 'versprei' }, organization])
  certificate.setIssuer(issuer.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    extendedKeyUsage(usages),
    { name: 'subjectAltName', altNames: names.map(alternativeName) },
    { name: 'subjectKeyIdentifier' },
    ...authorityKeyIdentifier(issuer)
  ])
  return sign(certificate, signer, pem)
}
