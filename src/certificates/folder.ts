import { X509Certificate, type KeyObject } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createAuthority, createAuthorityKey, createLeafKey, issueLeaf, subjectOfAuthority, subjectOfLeaf, type Signed,
} from './authority.ts'
import { leadsTo, parseCertificates } from './chain.ts'
import { requireHosts } from './hosts.ts'
import { isDue, isGood } from './life.ts'
import { authorityKey, codeOf, fileNames, namesOf, parseKey, readIfThere, readPair } from './pair.ts'
import { isFor, serving, type Purpose } from './purpose.ts'
import { createFile, replaceFile } from './write.ts'

export interface CertificateWish {
  /** DNS names and IP addresses that the leaf is to be good for. */
  readonly hosts: readonly string[]
  readonly now: Date
  /** Absent: for the server that the API server calls. */
  readonly purpose?: Purpose
}

/** What was done to a folder: which files were made or made again, and why. */
export interface Outcome {
  readonly made: readonly { readonly file: string, readonly because: string }[]
  /** A renewal that failed while the pair that is there is still good. */
  readonly trouble?: Error
}

interface Settled {
  readonly signed: Signed
  readonly made: Outcome['made']
}

/** What the file holds, made first when it is not there; when another process makes it at that moment, what that one wrote. */
async function readOrCreate(file: string, mode: number, create: () => Promise<string>): Promise<string> {
  const text = await readIfThere(file)
  if (text !== undefined) return text
  await createFile({ file, text: await create(), mode })
  const stored = await readIfThere(file)
  if (stored === undefined) throw new Error(`${file}: was removed while it was being made`)
  return stored
}

function checkUsable(key: KeyObject, file: string): void {
  if (key.asymmetricKeyType === 'rsa') return
  throw new Error(`${file}: is a key of type ${key.asymmetricKeyType}, and a new certificate is due; an authority needs an RSA key`)
}

// The authority is renewed with the same key and name: leaves and caBundles that are in use stay good, in whatever order they change.
async function settleAuthority(folder: string, { now, purpose: { authorityName } = serving }: CertificateWish): Promise<Settled> {
  const [keyFile, file] = [join(folder, authorityKey), join(folder, fileNames.authority)]
  const [keyBefore, before] = [await readIfThere(keyFile), await readIfThere(file)]
  const key = keyBefore ?? (await readOrCreate(keyFile, 0o600, createAuthorityKey))
  const parsed = parseKey(key, keyFile)
  const create = async (): Promise<string> => {
    checkUsable(parsed, keyFile)
    return (await createAuthority({ now, commonName: authorityName, key })).certificate
  }
  const text = before ?? (await readOrCreate(file, 0o644, create))
  const certificates = parseCertificates(text, file)
  const own = certificates.find(certificate => certificate.checkPrivateKey(parsed))
  if (own === undefined) throw new Error(`${keyFile}: does not belong to the certificate in ${fileNames.authority}`)
  const missing = [keyBefore === undefined ? authorityKey : [], before === undefined ? fileNames.authority : []].flat()
  const made = missing.map(name => ({ file: name, because: 'it was missing' }))
  // An authority that someone brought along is used, but only they can make it again.
  const isOurs = certificates.length === 1 && own.subject === subjectOfAuthority(authorityName)
  if (!isOurs || !isDue({ notBefore: own.validFromDate, notAfter: own.validToDate }, now)) {
    return { signed: { certificate: own.toString(), key }, made }
  }
  const certificate = await create()
  await replaceFile({ file, text: certificate, mode: 0o644 })
  return { signed: { certificate, key }, made: [...made, { file: fileNames.authority, because: 'it was due' }] }
}

function reasonToIssue(
  { leaf, key, authority }: { readonly leaf: X509Certificate, readonly key: KeyObject | undefined, readonly authority: X509Certificate },
  { hosts, now, purpose = serving }: CertificateWish
): string | undefined {
  const names = namesOf(leaf)
  const lacking = requireHosts(hosts).filter(({ value }) => !names.includes(value))
  if (key === undefined) return 'its key was missing'
  if (!leaf.checkPrivateKey(key)) return 'its key was another'
  if (lacking.length > 0) return `it lacked ${lacking.map(({ value }) => value).join(', ')}`
  if (!isFor(purpose, leaf)) return 'it was for another use'
  // A leaf ends with its authority at the latest: when a new one would not live longer, it would be due again at once.
  const isOutlived = authority.validToDate > leaf.validToDate || leaf.validFromDate > now
  return isOutlived && isDue({ notBefore: leaf.validFromDate, notAfter: leaf.validToDate }, now) ? 'it was due' : undefined
}

// The key stays: beside the authority's key a new one would protect nothing, and so a renewal replaces one file, which cannot be half done.
async function settleLeaf(folder: string, { signed, made }: Settled, wish: CertificateWish): Promise<Outcome['made']> {
  const [file, keyFile] = [join(folder, fileNames.certificate), join(folder, fileNames.key)]
  const [text, keyText] = [await readIfThere(file), await readIfThere(keyFile)]
  const authority = new X509Certificate(signed.certificate)
  const leaf = text === undefined ? undefined : parseCertificates(text, file)[0]
  // Someone put a leaf of their own beside our authority: theirs to renew.
  if (leaf !== undefined && (leaf.subject !== subjectOfLeaf || !leadsTo([authority], leaf, []))) return made
  const key = keyText === undefined ? undefined : parseKey(keyText, keyFile)
  const because = leaf === undefined ? 'it was missing' : reasonToIssue({ leaf, key, authority }, wish)
  if (because === undefined) return made
  // The names it has stay in it: two callers that ask for different hosts would otherwise take turns for ever.
  const hosts = [...(leaf === undefined ? [] : namesOf(leaf)), ...wish.hosts]
  const leafKey = await readOrCreate(keyFile, 0o600, createLeafKey)
  checkUsable(parseKey(signed.key, join(folder, authorityKey)), join(folder, authorityKey))
  const { usages } = wish.purpose ?? serving
  const { certificate } = await issueLeaf(signed, { hosts, now: wish.now, usages, key: leafKey })
  await (leaf === undefined ? createFile : replaceFile)({ file, text: certificate, mode: 0o644 })
  const madeKey = key === undefined ? [{ file: fileNames.key, because: 'it was missing' }] : []
  return [...made, ...madeKey, { file: fileNames.certificate, because }]
}

/**
 * Brings what we made in the folder up to date: an authority or leaf that is missing, past two thirds of its life, or without one of the
 * hosts. Nothing is done in a folder without `ca.key`, nor to certificates that do not bear our names. Each step is one whole file, so
 * that it may be cut short, or run in several processes at once, and be taken up again. Throws an Error that names the file.
 */
export const renewCertificates = async (folder: string, wish: CertificateWish): Promise<Outcome['made']> =>
  (await readIfThere(join(folder, authorityKey))) === undefined
    ? []
    : settleLeaf(folder, await settleAuthority(folder, wish), wish)

// Not with its parents: a mistyped path would come into being, and under /proc Node's recursive mkdir never returns (measured, Node 26).
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'EEXIST') return
    throw new Error(`${folder}: this folder for certificates cannot be made (${code}); is its parent there?`, { cause })
  }
}

function checkComplete(folder: string, present: readonly string[]): void {
  const lacking = [fileNames.certificate, fileNames.key].filter(name => !present.includes(name))
  if (lacking.length === 0) return
  throw new Error(
    `${folder}: holds ${present.join(' and ')} but lacks ${lacking.join(' and ')}; ` +
      `put what is missing there, or take ${present.join(' and ')} away to have new ones made`
  )
}

/**
 * Sees to it that the folder holds a good pair, at start: makes the folder (mode 0700), an authority and a leaf when none of their files is
 * there, and renews as {@link renewCertificates} does. Throws an Error when only some of someone else's files are there, when the pair is
 * not whole, and when something cannot be written without which there is no good pair.
 */
export async function ensureCertificates(folder: string, wish: CertificateWish): Promise<Outcome> {
  requireHosts(wish.hosts)
  await makeFolder(folder)
  const names = Object.values(fileNames)
  const texts = await Promise.all(names.map(name => readIfThere(join(folder, name))))
  const present = names.filter((_, index) => texts[index] !== undefined)
  // Its key is looked for last: another process that is making these files right now wrote it first.
  const isOurs = (await readIfThere(join(folder, authorityKey))) !== undefined
  if (!isOurs && present.length > 0) {
    checkComplete(folder, present)
    await readPair(folder)
    return { made: [] }
  }
  try {
    const made = await settleLeaf(folder, await settleAuthority(folder, wish), wish)
    await readPair(folder)
    return { made }
  } catch (error) {
    const trouble = error instanceof Error ? error : new Error(String(error))
    const isServing = await readPair(folder).then(pair => isGood(pair, wish.now), () => false)
    if (!isServing) throw trouble
    return { made: [], trouble }
  }
}
