import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { isMap } from '../placement/pod.ts'

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

/** Aliases that multiply are a way to fill the memory with a small file. */
const mostAliases = 100

/** The objects of a YAML or JSON text: one or several documents, Lists taken apart, empty documents passed over. */
export function parseManifests(file: string, text: string): Manifests {
  const documents = parseAllDocuments(text, { uniqueKeys: true })
  if (!Array.isArray(documents)) return { manifests: [], troubles: [] }
  const results = documents.map((document, index): Manifests => {
    const where = documents.length === 1 ? file : `${file}, document ${index + 1}`
    const [error] = document.errors
    if (error !== undefined) return { manifests: [], troubles: [`${where}: ${error.message.split('\n')[0] ?? 'is not YAML'}`] }
    return takeApart(where, document.toJS({ maxAliasCount: mostAliases }))
  })
  return { manifests: results.flatMap(result => result.manifests), troubles: results.flatMap(result => result.troubles) }
}

function takeApart(where: string, value: unknown): Manifests {
  if (value === null || value === undefined) return { manifests: [], troubles: [] }
  if (!isMap(value) || typeof value['kind'] !== 'string') {
    return { manifests: [], troubles: [`${where}: is not a Kubernetes object: expected a map with apiVersion and kind`] }
  }
  const { items } = value
  if (!value['kind'].endsWith('List') || !Array.isArray(items)) return { manifests: [{ where, object: value }], troubles: [] }
  const parts = items.map((item, index) => takeApart(`${where}, items[${index}]`, item))
  return { manifests: parts.flatMap(part => part.manifests), troubles: parts.flatMap(part => part.troubles) }
}

/** Reads every .yaml, .yml and .json file of a folder and the folders below it. What cannot be read is told, the rest is there. */
export async function readManifests(folder: string): Promise<Manifests> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => !entry.isDirectory() && /\.(?:ya?ml|json)$/u.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name)).toSorted()
  const results = await Promise.all(files.map(async (file): Promise<Manifests> => {
    try {
      return parseManifests(file, await readFile(file, 'utf8'))
    } catch (error) {
      return { manifests: [], troubles: [`${file}: ${error instanceof Error ? error.message : String(error)}`] }
    }
  }))
  return { manifests: results.flatMap(result => result.manifests), troubles: results.flatMap(result => result.troubles) }
}
