import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

/** What this program was published with, of what is compared; undefined where it has none beside it. */
export interface Shipped {
  readonly crd: unknown
  readonly policy: unknown
}

export async function readShipped(): Promise<Shipped> {
  const [crd, policy] = await Promise.all(['crd/poddistributors.yaml', 'policy/validating-admission-policy.yaml'].map(readManifest))
  return { crd, policy }
}

async function readManifest(file: string): Promise<unknown> {
  try {
    return parse(await readFile(join(import.meta.dirname, '../../../config', file), 'utf8'))
  } catch {
    return undefined
  }
}
