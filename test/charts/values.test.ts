import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { describeSchema } from '../../charts/describe-schema.ts'
import { describeTable } from '../../charts/describe-table.ts'
import { findStale } from '../../charts/describe.ts'
import { readValues } from '../../charts/read-values.ts'
import { environmentVariable, serveFlags } from '../../src/cli/serve-flags.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFile(join(root, path), 'utf8')

interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly unknown[]
  readonly description?: string
  readonly additionalProperties?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
}

void t.test('README, schema and the copy of the CRD are what values.yaml and config/crd say (else: node charts/describe.ts)', async t => {
  t.same(await findStale(), [])
})

void t.test('every value has a type and a description, and an unknown one is refused', async t => {
  const schema: Schema = JSON.parse(await read('charts/versprei/values.schema.json'))
  const values = readValues(await read('charts/versprei/values.yaml'))
  const schemaOf = (path: string) => path.split('.').reduce<Schema | undefined>((part, key) => part?.properties?.[key], schema)
  t.ok(values.length > 70, `${values.length} values`)
  t.equal(schema.additionalProperties, false)
  for (const { path, isGroup } of values) {
    const { type, enum: choices, anyOf, description = '', additionalProperties } = schemaOf(path) ?? {}
    t.ok((type ?? choices ?? anyOf) !== undefined && description.length > 8, path)
    if (isGroup) t.equal(additionalProperties, false, `${path} takes nothing unknown`)
  }
})

void t.test('chart, package and program have one version, and the defaults are those of the flags', async t => {
  const [chart, values] = [parse(await read('charts/versprei/Chart.yaml')), parse(await read('charts/versprei/values.yaml'))]
  const { version } = JSON.parse(await read('package.json'))
  t.equal(chart.appVersion, version)
  const byDefault = (name: string) => serveFlags.find(flag => flag.name === name)?.default
  const { ports, drain, logLevel } = values
  t.same(
    { port: ports.webhook, 'metrics-port': ports.metrics, 'peer-port': ports.peers, drain, 'log-level': logLevel },
    {
      ...Object.fromEntries(['port', 'metrics-port', 'peer-port', 'drain'].map(name => [name, Number(byDefault(name))])),
      'log-level': byDefault('log-level'),
    },
  )
  const set = (await read('charts/versprei/templates/_helpers.tpl')).match(/(?<=- name: )VERSPREI_\w+/gu) ?? []
  const known = new Set(serveFlags.map(({ name }) => environmentVariable(name)))
  t.ok(set.length > 8)
  t.same(set.filter(name => !known.has(name)), [], 'every variable that it sets is read')
})

void t.test('of what stands above a value its last paragraph says what it is: the head of the file is about the file', t => {
  const described = (text: string) => readValues(text).map(({ path, description }) => [path, description])
  t.same(described('# Of the file.\n\n# A, in\n# two lines.\na: 1\n\n# Of what follows.\n\n# B.\nb:\n  # Of the group.\n\n  # C.\n  c: 3\n'), [
    ['a', 'A, in two lines.'], ['b', 'B.'], ['b.c', 'C.'],
  ])
  t.throws(() => readValues('# Of the file.\n\na: 1\n'), /nothing stands above a;/u)
  t.throws(() => readValues('# A.\na: 1\n# Of neither.\n\nb: 2\n'), /nothing stands above b;/u)
  t.end()
})

void t.test('a value without a comment, or of which the schema does not know, is told', t => {
  t.throws(() => readValues('# A.\na: 1\nb: 2\n'), /nothing stands above b;/u)
  const values = readValues('# A.\na: 1\n# B.\nb:\n  # C, in\n  # two lines.\n  c: 3\n')
  t.same(
    values.map(({ path, description, isGroup }) => [path, description, isGroup]),
    [['a', 'A.', false], ['b', 'B.', true], ['b.c', 'C, in two lines.', false]],
  )
  t.throws(() => describeSchema({ properties: { a: {} } }, values), /does not know b, b\.c/u)
  const more = { properties: { a: {}, d: {}, b: { properties: { c: {} } } } }
  t.throws(() => describeSchema(more, values), /knows d, and values\.yaml does not/u)
  t.equal(describeTable(values).split('\n')[4], '| `b.c` | `3` | C, in two lines. |')
  t.end()
})
