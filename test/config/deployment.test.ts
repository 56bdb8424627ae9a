import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { parseConfiguration } from '../../src/cli/configuration.ts'
import { environmentVariable, serveFlags } from '../../src/cli/serve-flags.ts'

interface Container { readonly args: readonly string[], readonly env: readonly { readonly name: string, readonly value?: string }[] }

void t.test('the Deployment serves, and sets only variables that are read, to values that are good', async t => {
  const deployment = parse(await readFile(join(import.meta.dirname, '../../config/deploy/deployment.yaml'), 'utf8'))
  const [{ args, env }]: [Container] = deployment.spec.template.spec.containers
  t.same(args, ['serve'])
  const read = new Set(serveFlags.map(({ name }) => environmentVariable(name)))
  t.same(env.filter(({ name }) => !read.has(name)), [])
  t.ok('configuration' in parseConfiguration({}, Object.fromEntries(env.map(({ name, value }) => [name, value]))))
})
