import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { isMap } from '../placement/is-map.ts'

/** One Kubernetes object of a file, and where it stands. */
export interface Manifest {
  /** `FILE` or `FILE, document 2`. */
  readonly where: string
  readonly object: Readonly<Record<string, unknown>>
}

/** What is wrong with a file or a document, in one line. */
export type Trouble = string

export interface Manifests {
  readonly manifests: readonly Manifest[]
  readonly troubles: readonly Trouble[]
}

/** What stands in a file, or why it cannot be read. */
export type ManifestFile = { readonly file: string } & ({ readonly text: string } | { readonly trouble: Trouble })

/** Aliases that multiply are a way to fill the memory with a small file. */
const mostAliases = 100

/** The objects of a YAML or JSON text: one or several documents, Lists taken apart, empty documents passed over. */
export function parseManifests(file: string, text: string): Manifests {
  const documents = parseAllDocuments(text, { uniqueKeys: true })
  if (!Array.isArray(documents)) return { manifests: [], troubles: [] }
  return merge(documents.map((document, index): Manifests => {
    const where = documents.length === 1 ? file : `${file}, document ${index + 1}`
    const [error] = document.errors
    if (error !== undefined) return failed(where, error)
    try {
      return takeApart(where, document.toJS({ maxAliasCount: mostAliases }))
    } catch (error) {
      // Aliases without end; a List inside itself.
      return failed(where, error)
    }
  }))
}

/** The objects of all files; the troubles of those that cannot be read are told with the rest. */
export function parseFiles(files: readonly ManifestFile[]): Manifests {
  return merge(files.map(one => ('text' in one ? parseManifests(one.file, one.text) : { manifests: [], troubles: [one.trouble] })))
}

function takeApart(where: string, value: unknown): Manifests {
  if (value === null || value === undefined) return { manifests: [], troubles: [] }
  if (!isMap(value) || typeof value['kind'] !== 'string') {
    return { manifests: [], troubles: [`${where}: is not a Kubernetes object: expected a map with apiVersion and kind`] }
  }
  const { items } = value
  if (!value['kind'].endsWith('List') || !Array.isArray(items)) return { manifests: [{ where, object: value }], troubles: [] }
  return merge(items.map((item, index) => takeApart(`${where}, items[${index}]`, item)))
}

function merge(parts: readonly Manifests[]): Manifests {
  return { manifests: parts.flatMap(part => part.manifests), troubles: parts.flatMap(part => part.troubles) }
}

function failed(where: string, error: unknown): Manifests {
  return { manifests: [], troubles: [`${where}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`] }
}

/**
 * Reads every .yaml, .yml and .json file of a folder and the folders below it, in the order of their names. Hidden ones are
 * passed over: in a mounted ConfigMap each file is a link into a hidden folder, where it would be found again; editors keep
 * their locks and copies there. Throws when the folder itself cannot be read.
 */
export async function readFolder(folder: string): Promise<readonly ManifestFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => !entry.isDirectory() && /\.(?:ya?ml|json)$/u.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => !relative(folder, file).split(sep).some(part => part.startsWith('.')))
    .toSorted()
  return Promise.all(files.map(async (file): Promise<ManifestFile> => {
    try {
      return { file, text: await readFile(file, 'utf8') }
    } catch (error) {
      return { file, trouble: `${file}: ${error instanceof Error ? error.message : String(error)}` }
    }
  }))
}

/** The objects of a folder, and what is wrong with its files. Throws when the folder itself cannot be read. */
export async function readManifests(folder: string): Promise<Manifests> {
  return parseFiles(await readFolder(folder))
}
