import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'

const config = join(import.meta.dirname, '../../config')

void t.test('kubectl apply -k config applies every manifest but the samples', async t => {
  const { resources }: { resources: readonly string[] } = parse(await readFile(join(config, 'kustomization.yaml'), 'utf8'))
  const folders = (await readdir(config, { withFileTypes: true })).filter(entry => entry.isDirectory() && entry.name !== 'samples')
  const files = await Promise.all(folders.map(async ({ name }) => (await readdir(join(config, name))).map(file => `${name}/${file}`)))
  t.strictSame(resources.toSorted(), files.flat().toSorted())
})
