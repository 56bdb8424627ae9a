import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

/** The CRD that this program was published with; undefined where it has none beside it. */
export async function readShippedCrd(): Promise<unknown> {
  try {
    return parse(await readFile(join(import.meta.dirname, '../../../config/crd/poddistributors.yaml'), 'utf8'))
  } catch {
    return undefined
  }
}
