import { readFile } from 'node:fs/promises'

/** The version of this program: that of its package, which stands beside the source and beside the build alike. */
export async function readVersion(): Promise<string> {
  const { version }: { readonly version: string } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  return version
}
