import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { apply } from './cluster.ts'

const samples = join(import.meta.dirname, '../../config/samples')

/** A sample, as the object that users apply, in this namespace. */
export async function readSample(namespace: string, file: string): Promise<object> {
  const object = parse(await readFile(join(samples, file), 'utf8'))
  return { ...object, metadata: { ...object.metadata, namespace } }
}

/** The sample as users apply it, in a namespace of the test's own. */
export async function applySample(namespace: string, file: string): Promise<void> {
  await apply(await readSample(namespace, file))
}
