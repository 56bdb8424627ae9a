import { createPublicKey, generateKeyPair, randomBytes } from 'node:crypto'
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

/**
 * An authority's new key: RSA of 2048 bits, PKCS #8 PEM. Made by OpenSSL off the main thread: forge would block it for a second or more.
 */
export async function createAuthorityKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
  })
  return privateKey
}

/**
 * A leaf's new key: elliptic, P-256, PKCS #8 PEM. A burst of pods comes over hundreds of new connections, and a handshake with it
 * takes half the CPU of one with RSA of 2048 bits: 0.8 ms where that takes 1.7 (measured, Node 26, two busy cores).
 */
export async function createLeafKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: 'P-256',
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

/** `signer`: the key that it is to be signed with, whose public half stands in it until `signFor` puts another there. */
function draft(signer: forge.pki.rsa.PrivateKey, notBefore: Date, notAfter: Date): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.setRsaPublicKey(signer.n, signer.e)
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

/** Where a TBSCertificate has its subjectPublicKeyInfo, when it has a version (RFC 5280, 4.1). */
const publicKeyAt = 6

/**
 * As `sign`, for another key than the signer's, of any kind. Forge knows RSA alone: what it signs is taken apart, the public key is put
 * in as OpenSSL writes it, and that is signed.
 */
function signFor(key: string, certificate: forge.pki.Certificate, signer: forge.pki.rsa.PrivateKey): Signed {
  const { asn1, pki, md } = forge
  certificate.sign(signer, md.sha256.create())
  const [tbs, algorithm] = fieldsOf(pki.certificateToAsn1(certificate))
  if (tbs === undefined || algorithm === undefined) throw new TypeError('the certificate has no fields')
  fieldsOf(tbs)[publicKeyAt] = asn1.fromDer(createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('binary'))
  const digest = md.sha256.create()
  digest.update(asn1.toDer(tbs).getBytes())
  const { UNIVERSAL } = asn1.Class
  const signature = asn1.create(UNIVERSAL, asn1.Type.BITSTRING, false, `\0${signer.sign(digest)}`)
  const whole = asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [tbs, algorithm, signature])
  const pem = forge.pem.encode({ type: 'CERTIFICATE', body: asn1.toDer(whole).getBytes() })
  return { certificate: pem.replaceAll('\r\n', '\n'), key }
}

function fieldsOf({ value }: forge.asn1.Asn1): forge.asn1.Asn1[] {
  return Array.isArray(value) ? value : []
}

/** A self-signed authority, good from a few minutes before `now` for a year. Throws when `key` is not an RSA key. */
export async function createAuthority({ now, commonName, key: given }: AuthorityOptions): Promise<Signed> {
  const pem = given ?? (await createAuthorityKey())
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
 * authority ends, whichever is first. Throws when a host is neither a DNS name nor an IP address, or the authority is not RSA.
 */
export async function issueLeaf(authority: Signed, { hosts, now, usages = serving.usages, key: given }: LeafOptions): Promise<Signed> {
  const names = requireHosts(hosts)
  const issuer = forge.pki.certificateFromPem(authority.certificate)
  const signer = forge.pki.privateKeyFromPem(authority.key)
  const pem = given ?? (await createLeafKey())
  const end = Math.min(now.getTime() + leafLife, issuer.validity.notAfter.getTime())
  const certificate = draft(signer, new Date(now.getTime() - clockSkew), new Date(end))
  certificate.setSubject([{ name: 'commonName', value: 'versprei' }, organization])
  certificate.setIssuer(issuer.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true },
    extendedKeyUsage(usages),
    { name: 'subjectAltName', altNames: names.map(alternativeName) },
    ...authorityKeyIdentifier(issuer)
  ])
  return signFor(pem, certificate, signer)
}
