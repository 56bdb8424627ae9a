import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCertificates } from './chain.ts'
import { makeFolder } from './folder.ts'
import { authorityKey, fileNames, nextAuthorityKey, parseKey, parsePair, readIfThere } from './pair.ts'
import { replaceFile } from './write.ts'

/**
 * All files of a folder of certificates that may be shared, the keys first: what signs is there before what it signed. That of the next
 * authority is the last to go: until then what it signs can be made again.
 */
const sharedFiles = [authorityKey, fileNames.authority, fileNames.key, fileNames.certificate, nextAuthorityKey] as const

/** What they hold, by name; one that is not there is absent. */
export type CertificateFiles = Readonly<Record<string, string>>

/** Of these texts those that are files of a folder of certificates; undefined unless they hold a whole pair. Dates are not judged. */
export function pickWhole(texts: Readonly<Record<string, string | undefined>>): CertificateFiles | undefined {
  const files: Record<string, string> = {}
  for (const name of sharedFiles) {
    const text = texts[name]
    if (text !== undefined && text !== '') files[name] = text
  }
  try {
    parsePair({ cert: files[fileNames.certificate], key: files[fileNames.key], authority: files[fileNames.authority] }, '')
    return isKeyOf(files[fileNames.authority], files[authorityKey]) ? files : undefined
  } catch {
    return undefined
  }
}

/** Whether an authority's key, where it is there, is that of one of the authority's certificates. */
function isKeyOf(authority = '', key: string | undefined): boolean {
  return key === undefined
    || parseCertificates(authority, fileNames.authority).some(certificate => certificate.checkPrivateKey(parseKey(key, authorityKey)))
}

/** Without those that are files of a folder of certificates. */
export function withoutFiles<T>(texts: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  const names: readonly string[] = sharedFiles
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !names.includes(name)))
}

export function areSame(one: CertificateFiles | undefined, other: CertificateFiles | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && sharedFiles.every(name => one[name] === other[name]))
}

/**
 * What a folder holds; undefined when that is no whole pair, or there is no such folder. Throws an Error that names a file that cannot be
 * read.
 */
export async function readFiles(folder: string): Promise<CertificateFiles | undefined> {
  const texts = await Promise.all(sharedFiles.map(async name => [name, await readIfThere(join(folder, name))] as const))
  return pickWhole(Object.fromEntries(texts))
}

/** Has the folder, which is made when it is not there, hold these files and no other that may be shared; each is replaced as a whole. */
export async function writeFiles(folder: string, files: CertificateFiles): Promise<void> {
  await makeFolder(folder)
  for (const name of sharedFiles) {
    const [file, text] = [join(folder, name), files[name]]
    if (text === undefined) await rm(file, { force: true })
    else if (await readIfThere(file) !== text) await replaceFile({ file, text, mode: name.endsWith('.key') ? 0o600 : 0o644 })
  }
}
