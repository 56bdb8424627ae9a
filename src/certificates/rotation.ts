import { X509Certificate } from 'node:crypto'
import { createAuthority, createAuthorityKey, createLeafKey, issueLeaf, subjectOfAuthority, subjectOfLeaf } from './authority.ts'
import { leadsTo, parseCertificates } from './chain.ts'
import type { CertificateFiles } from './files.ts'
import { authorityKey, fileNames, namesOf, nextAuthorityKey, parseKey } from './pair.ts'
import type { Purpose } from './purpose.ts'

/**
 * How far the change from one authority to another has come, as the files themselves say it: whoever takes it up goes on from there.
 * announced: the next authority stands in ca.crt beside the present one, and has signed nothing yet. switched: the certificate is by the
 * new authority, and the old one stands in ca.crt still.
 */
export type Rotation =
  | { readonly step: 'none' }
  | { readonly step: 'announced', /** PEM. */ readonly next: string }
  | {
    readonly step: 'switched'
    /** SHA-256 of the new certificate. */
    readonly leaf: string
    /** PEM, one text each. */
    readonly old: readonly string[]
  }

export interface RotationWish {
  readonly now: Date
  readonly purpose: Purpose
  /** What the certificate is to be good for, beside what the present one is good for. */
  readonly hosts: readonly string[]
}

/** What the files hold, parsed. `own` is the authority whose key is ca.key, `next` the one whose key is ca-next.key. */
function parse(files: CertificateFiles) {
  const keyText = files[authorityKey]
  if (keyText === undefined) return undefined
  const authorities = parseCertificates(files[fileNames.authority] ?? '', fileNames.authority)
  const [leaf] = parseCertificates(files[fileNames.certificate] ?? '', fileNames.certificate)
  const ownKey = parseKey(keyText, authorityKey)
  const own = authorities.find(authority => authority.checkPrivateKey(ownKey))
  if (own === undefined) throw new Error(`${authorityKey}: does not belong to a certificate in ${fileNames.authority}`)
  const nextText = files[nextAuthorityKey]
  const nextKey = nextText === undefined ? undefined : parseKey(nextText, nextAuthorityKey)
  const next = nextKey && authorities.find(authority => authority.checkPrivateKey(nextKey))
  return { keyText, authorities, leaf, own, nextText, next }
}

/** How far it has come. Throws an Error that names a file that cannot be read. */
export function rotationOf(files: CertificateFiles, { authorityName }: Pick<Purpose, 'authorityName'>): Rotation {
  const parsed = parse(files)
  if (parsed === undefined) return { step: 'none' }
  const { authorities, leaf, own, next } = parsed
  if (next !== undefined) return { step: 'announced', next: next.toString() }
  const old = authorities.filter(authority => authority !== own && authority.subject === subjectOfAuthority(authorityName))
  if (old.length === 0) return { step: 'none' }
  // Cut short after its key had taken the place of the old one.
  if (!leadsTo([own], leaf, []) && leadsTo(old, leaf, [])) return { step: 'announced', next: own.toString() }
  return { step: 'switched', leaf: leaf.fingerprint256, old: old.map(authority => authority.toString()) }
}

/** Puts a new authority beside the present one. Throws an Error that says why these files have none of ours to replace. */
export async function announceAuthority(
  files: CertificateFiles, { now, purpose: { authorityName } }: RotationWish,
): Promise<CertificateFiles> {
  const parsed = parse(files)
  if (parsed === undefined) {
    throw new Error(`there is no ${authorityKey}: someone else makes these certificates, and theirs is to make them by another authority`)
  }
  const { own, leaf, authorities } = parsed
  if (own.subject !== subjectOfAuthority(authorityName) || leaf.subject !== subjectOfLeaf) {
    const both = `${fileNames.authority} and ${fileNames.certificate}`
    throw new Error(`${both} do not both bear the names that Versprei gives: who made them has to replace them`)
  }
  const { certificate, key } = await createAuthority({ now, commonName: authorityName, key: parsed.nextText ?? await createAuthorityKey() })
  return { ...files, [fileNames.authority]: [...authorities, new X509Certificate(certificate)].join(''), [nextAuthorityKey]: key }
}

/**
 * Makes the certificate anew, its key too, by the next authority; both authorities stay in ca.crt. Not to be called unless that was
 * announced.
 */
export async function switchLeaf(files: CertificateFiles, { now, purpose, hosts }: RotationWish): Promise<CertificateFiles> {
  const parsed = parse(files)
  if (parsed === undefined) throw new Error(`there is no ${authorityKey}`)
  const { leaf, own, next = own, nextText = parsed.keyText } = parsed
  const { certificate, key } = await issueLeaf(
    { certificate: next.toString(), key: nextText },
    { hosts: [...namesOf(leaf), ...hosts], now, usages: purpose.usages, key: await createLeafKey() },
  )
  const { [nextAuthorityKey]: _, ...others } = files
  return { ...others, [authorityKey]: nextText, [fileNames.certificate]: certificate, [fileNames.key]: key }
}

/** Leaves these authorities out of ca.crt. */
export function dropAuthorities(files: CertificateFiles, old: readonly string[]): CertificateFiles {
  const authorities = parseCertificates(files[fileNames.authority] ?? '', fileNames.authority).map(authority => authority.toString())
  return { ...files, [fileNames.authority]: authorities.filter(authority => !old.includes(authority)).join('') }
}
